import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { SessionAnswer } from './api/shapes.js';
import { useIsOnline } from './data/connection.js';
import { mayLeave, useLinks, usePlace } from './navigation.js';
import { PageProvider, type PageContext } from './page-context.js';
import { ChangesPage } from './pages/changes-page.js';
import { ComparePage } from './pages/compare-page.js';
import { FiguresPage } from './pages/figures-page.js';
import { HistoryPage } from './pages/history-page.js';
import { ImportPage } from './pages/import-page.js';
import { NewStreamPage } from './pages/new-stream-page.js';
import { SettingsPage } from './pages/settings-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { StreamsPage } from './pages/streams-page.js';
import { SystemPage } from './pages/system-page.js';
import { TokensPage } from './pages/tokens-page.js';
import { UsersPage } from './pages/users-page.js';
import { Heading } from './parts/heading.js';
import { Notice } from './parts/notice.js';
import { TopBar } from './parts/top-bar.js';
import type { View } from './place.js';
import { useSession } from './session.js';
import { useTheme } from './theme.js';
import { localZoneName, Zone } from './time/zone.js';

/** The whole page: who comes, and what the address asks for. `linkTrouble`: see `useSession`. */
export function App({ linkTrouble }: { readonly linkTrouble: string }) {
  const { state, signedIn, leave } = useSession(linkTrouble);
  switch (state.kind) {
    case 'asking':
      return (
        <main aria-busy="true">
          <p class="waiting" role="status">
            Loading…
          </p>
        </main>
      );
    case 'unreachable':
      return (
        <main class="alone">
          <Notice kind="error" title="The portal does not answer">
            Trying again by itself.
          </Notice>
        </main>
      );
    case 'signed_out':
      return <SignInPage hasEnded={false} linkTrouble={state.trouble} onSignedIn={signedIn} />;
    case 'signed_in':
      return (
        <>
          <div key={state.session.name} hidden={state.hasEnded}>
            <SignedIn session={state.session} trouble={state.trouble} leave={leave} />
          </div>
          {state.hasEnded && <SignInPage hasEnded linkTrouble="" onSignedIn={signedIn} />}
        </>
      );
  }
}

interface SignedInProps {
  readonly session: SessionAnswer;
  /** What went wrong with the session last; empty: nothing did. */
  readonly trouble: string;
  readonly leave: () => Promise<void>;
}

function SignedIn({ session, trouble, leave }: SignedInProps) {
  const { place, go, goTo } = usePlace();
  const [choice, theme, chooseTheme] = useTheme();
  useLinks(goTo);
  const zone = useMemo(() => new Zone(place.isUtc ? 'UTC' : localZoneName()), [place.isUtc]);
  const page: PageContext = { place, session, theme, zone, go };
  const main = useRef<HTMLElement>(null);
  const key = pageKey(place.view);
  useFocusOnNewPage(main, key);
  const told = useTillNextPage(trouble, key);
  const leaveIfMay = (): void => {
    if (mayLeave()) void leave();
  };
  return (
    <PageProvider value={page}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <TopBar theme={choice} chooseTheme={chooseTheme} leave={leaveIfMay} />
      <main id="main" ref={main} tabIndex={-1}>
        <OfflineNotice />
        {told !== '' && <Notice kind="error" title={told} />}
        <Page key={key} view={place.view} />
      </main>
    </PageProvider>
  );
}

function OfflineNotice() {
  if (useIsOnline()) return null;
  return (
    <Notice kind="warning" title="No network">
      What you see stays, and goes on by itself when the network is back.
    </Notice>
  );
}

function Page({ view }: { readonly view: View }) {
  switch (view.page) {
    case 'streams':
      return <StreamsPage list={view.list} />;
    case 'new':
      return <NewStreamPage />;
    case 'figures':
      return <FiguresPage view={view} />;
    case 'settings':
      return <SettingsPage stream={view.key} />;
    case 'history':
      return <HistoryPage stream={view.key} cursor={view.cursor} />;
    case 'changes':
      return <ChangesPage changes={view.changes} />;
    case 'compare':
      return <ComparePage comparison={view.comparison} />;
    case 'system':
      return <SystemPage />;
    case 'users':
      return <UsersPage />;
    case 'tokens':
      return <TokensPage />;
    case 'import':
      return <ImportPage />;
    case 'missing':
      return (
        <>
          <Heading title="Nothing is here" />
          <p>The address leads nowhere. The streams are one step away, above.</p>
        </>
      );
  }
}

/** Another range leaves a page as it is; another page is made anew. */
function pageKey(view: View): string {
  if (view.page === 'figures') return `figures ${JSON.stringify(view.subject)}`;
  return 'key' in view ? `${view.page} ${view.key}` : view.page;
}

/** The text, till another page takes the place of the one on which it came. */
function useTillNextPage(text: string, key: string): string {
  const told = useRef({ text, key });
  if (told.current.text !== text) told.current = { text, key };
  if (told.current.key !== key) told.current = { text, key: '' };
  return told.current.key === key ? text : '';
}

/** On another page who uses keyboard or screen reader begins at its heading. */
function useFocusOnNewPage(main: { readonly current: HTMLElement | null }, key: string): void {
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    scrollTo(0, 0);
    main.current?.querySelector('h1')?.focus({ preventScroll: true });
  }, [key]);
}
