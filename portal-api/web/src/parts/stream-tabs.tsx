import { useAddress } from '../page-context.js';
import { streamFigures, type View } from '../place.js';

type Tab = 'figures' | 'settings' | 'history';

/** The pages of one stream. */
export function StreamTabs({ stream, shown }: { readonly stream: string; readonly shown: Tab }) {
  const address = useAddress();
  const tabs: readonly { readonly tab: Tab; readonly name: string; readonly view: View }[] = [
    { tab: 'figures', name: 'Figures', view: streamFigures(stream) },
    { tab: 'settings', name: 'Settings', view: { page: 'settings', key: stream } },
    { tab: 'history', name: 'History', view: { page: 'history', key: stream, cursor: '' } },
  ];
  return (
    <nav class="tabs" aria-label="Pages of this stream">
      {tabs.map(({ tab, name, view }) => (
        <a key={tab} href={address(view)} aria-current={tab === shown ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
