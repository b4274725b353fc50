import { useAddress, useMay, usePage } from '../page-context.js';
import { addressOf, allChanges, allStreams, type View } from '../place.js';
import type { ThemeChoice } from '../theme.js';
import { portalClock } from '../time/portal-clock.js';
import { localZoneName } from '../time/zone.js';
import { groupsText } from './groups-text.js';

interface TopBarProps {
  readonly theme: ThemeChoice;
  readonly chooseTheme: (choice: ThemeChoice) => void;
  readonly leave: () => void;
}

/** Where else one can go, in which zone times are, who is signed in. */
export function TopBar({ theme, chooseTheme, leave }: TopBarProps) {
  const { session } = usePage();
  return (
    <header class="top">
      <span class="brand">
        <img src="/icon.svg" alt="" width="24" height="24" /> Viblast
      </span>
      <MainNavigation />
      <ZoneChoice />
      <label class="theme">
        <span class="for-screen-readers">Colours</span>
        <select
          value={theme}
          onChange={(event) => {
            const { value } = event.currentTarget;
            chooseTheme(value === 'light' || value === 'dark' ? value : 'system');
          }}
        >
          <option value="system">Auto</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <span class="user" title={`${session.role}, ${groupsText(session.groups)}`}>
        {session.name}
      </span>
      <button type="button" class="quiet" onClick={leave}>
        Sign out
      </button>
    </header>
  );
}

const comparison = {
  left: '',
  right: '',
  range: { kind: 'last', name: '24h' },
  earlier: 'no',
} as const;

interface Entry {
  readonly name: string;
  readonly view: View;
  /** Further pages that it leads to. */
  readonly others?: readonly View['page'][];
}

const streams: Entry = { name: 'Streams', view: { page: 'streams', list: allStreams } };
const compare: Entry = { name: 'Compare', view: { page: 'compare', comparison } };
const history: Entry = { name: 'History', view: { page: 'changes', changes: allChanges } };
const system: Entry = { name: 'System', view: { page: 'system' } };
const admin: Entry = { name: 'Admin', view: { page: 'users' }, others: ['tokens', 'import'] };

function MainNavigation() {
  const { place, session } = usePage();
  const isAdmin = useMay('admin');
  // What tells of all streams is for who sees them all.
  const ofAll = session.groups === null ? [system] : [];
  const seen = [streams, compare, history, ...ofAll, ...(isAdmin ? [admin] : [])];
  const { page } = place.view;
  const address = useAddress();
  return (
    <nav class="main-navigation" aria-label="Portal">
      {seen.map(({ name, view, others }) => (
        <a
          key={name}
          href={address(view)}
          aria-current={page === view.page || others?.includes(page) ? 'page' : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

/** The zone of all times on the page, and a link to the same in the other one. */
function ZoneChoice() {
  const { place, zone } = usePage();
  const { view, isUtc } = place;
  const offset = zone.offset(portalClock.nowMs());
  const name = isUtc || zone.name === 'UTC' ? 'UTC' : `${zone.name} (${offset})`;
  return (
    <span class="zone">
      <span class="zone-name">Times: {name}</span>
      {localZoneName() !== 'UTC' && (
        <a href={addressOf({ view, isUtc: !isUtc })}>{isUtc ? 'local' : 'UTC'}</a>
      )}
    </span>
  );
}
