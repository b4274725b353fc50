import type { ComponentChildren } from 'preact';
import { useAddress, useMay, usePage } from '../page-context.js';
import { allStreams, type View } from '../place.js';
import { AccountHistory } from './account-history.js';
import { Heading } from './heading.js';
import { Notice } from './notice.js';

const tabs = [
  { page: 'users', name: 'Users', title: 'Users' },
  { page: 'tokens', name: 'API tokens', title: 'API tokens' },
  // Shorter, as tabs fit on a telephone.
  { page: 'import', name: 'Import', title: 'Import and export' },
] as const;

interface AdminPageProps {
  readonly shown: (typeof tabs)[number]['page'];
  readonly children: ComponentChildren;
  /** When accounts were last looked at: their history stands below. */
  readonly historyAtMs?: number;
}

/** A page for admins, among the others of theirs; for anybody else it says whom it is for. */
export function AdminPage({ shown, children, historyAtMs }: AdminPageProps) {
  const address = useAddress();
  const isAdmin = useMay('admin');
  const title = tabs.find(({ page }) => page === shown)?.title ?? '';
  return (
    <>
      <Heading title={title} />
      {isAdmin ? (
        <>
          <nav class="tabs" aria-label="Pages for admins">
            {tabs.map(({ page, name }) => {
              const isShown = page === shown;
              return (
                <a key={page} href={address({ page })} aria-current={isShown ? 'page' : undefined}>
                  {name}
                </a>
              );
            })}
          </nav>
          {children}
          {historyAtMs !== undefined && <AccountHistory news={historyAtMs} />}
        </>
      ) : (
        <Refused streams={{ page: 'streams', list: allStreams }} />
      )}
    </>
  );
}

function Refused({ streams }: { readonly streams: View }) {
  const { session } = usePage();
  const address = useAddress();
  return (
    <Notice kind="quiet" title="This page is for admins">
      You are signed in as {session.name}, with the role {session.role}. An admin of this portal can
      do it for you, or give you the role. <a href={address(streams)}>To the streams</a>
    </Notice>
  );
}
