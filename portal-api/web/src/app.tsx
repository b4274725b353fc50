import { useEffect, useState } from 'preact/hooks';
import { fetchHealth, fetchNow, signOut, type NowAnswer } from './api.js';
import { timeOfMinute } from './format.js';
import { FailureNotice, Notice } from './notice.js';
import { usePlace, type Place } from './place.js';
import { usePolled } from './polled.js';
import { RangeChoice } from './range-choice.js';
import { SignIn } from './sign-in.js';
import { StreamList } from './stream-list.js';
import { StreamView } from './stream-view.js';
import { useTheme, type Theme, type ThemeChoice } from './theme.js';

const refreshMs = 5_000;
const healthRefreshMs = 15_000;
const noRenditions: readonly string[] = [];
const stateNames = {
  current: 'Live',
  idle: 'Idle',
  stale: 'Stale',
  no_data: 'No data yet',
} as const;

/** The whole page: a list of streams, and the charts of the one that is chosen. */
export function App() {
  const [place, go] = usePlace();
  const [choice, theme, choose] = useTheme();
  const [signIns, setSignIns] = useState(0);
  const now = usePolled(`now ${signIns}`, fetchNow, refreshMs);
  const { failure } = now;
  if (failure?.kind === 'signed_out') return <SignIn onSignedIn={() => setSignIns(signIns + 1)} />;
  return (
    <>
      <a class="skip" href="#figures">
        Skip to the figures
      </a>
      <header class="top">
        <h1>
          <img src="/icon.svg" alt="" width="24" height="24" /> Viblast
        </h1>
        {now.value !== undefined && <Progress now={now.value} isOld={failure !== undefined} />}
        <ThemeChoiceField choice={choice} choose={choose} />
        <button
          type="button"
          class="quiet"
          onClick={() => void signOut().then(() => setSignIns(signIns + 1))}
        >
          Sign out
        </button>
      </header>
      {now.value !== undefined && <Trouble />}
      {now.value === undefined && failure !== undefined && (
        <main>
          <FailureNotice failure={failure} shownFromMs={undefined} />
        </main>
      )}
      {now.value === undefined && failure === undefined && (
        <main aria-busy="true">
          <p class="waiting" role="status">
            Loading…
          </p>
        </main>
      )}
      {now.value !== undefined && <Streams now={now.value} place={place} go={go} theme={theme} />}
    </>
  );
}

/** Says so when a part of what is counted makes no progress: figures are then late, not zero. */
function Trouble() {
  const { value } = usePolled('health', fetchHealth, healthRefreshMs);
  const troubled = value?.troubled ?? [];
  if (troubled.length === 0) return null;
  return (
    <Notice kind="warning" title="Some figures come late: a part of the log is not read on">
      {troubled.join('; ')}
    </Notice>
  );
}

function Progress({ now, isOld }: { readonly now: NowAnswer; readonly isOld: boolean }) {
  const { state, lastMinuteAtMs, intervalMs } = now;
  return (
    <p class="progress" aria-live="polite">
      <span class={`state state-${isOld ? 'old' : state}`}>
        {isOld ? 'Not connected' : stateNames[state]}
      </span>
      {lastMinuteAtMs !== null && (
        <span>
          last minute{' '}
          <time dateTime={new Date(lastMinuteAtMs).toISOString()}>
            {timeOfMinute(lastMinuteAtMs, intervalMs)}
          </time>
        </span>
      )}
    </p>
  );
}

function ThemeChoiceField(props: {
  readonly choice: ThemeChoice;
  readonly choose: (choice: ThemeChoice) => void;
}) {
  const names = { system: 'System', light: 'Light', dark: 'Dark' } as const;
  return (
    <label class="theme">
      <span class="for-screen-readers">Colours</span>
      <select
        value={props.choice}
        onChange={(event) => {
          const { value } = event.currentTarget;
          props.choose(value === 'light' || value === 'dark' ? value : 'system');
        }}
      >
        {Object.entries(names).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface StreamsProps {
  readonly now: NowAnswer;
  readonly place: Place;
  readonly go: (place: Place) => void;
  readonly theme: Theme;
}

function Streams({ now, place, go, theme }: StreamsProps) {
  const shown = now.streams.find(({ key }) => key === place.stream);
  const title = place.stream === undefined ? 'All streams' : (shown?.title ?? place.stream);
  useEffect(() => {
    document.title = `${title} · Viblast portal`;
  }, [title]);
  if (now.streams.length === 0) {
    return (
      <main>
        <Notice kind="quiet" title="No streams yet">
          Create the first one: <code>POST /api/v1/streams</code> with{' '}
          <code>{'{"key": "my-stream"}'}</code> and the portal's token as bearer.
        </Notice>
      </main>
    );
  }
  return (
    <div class="columns">
      <StreamList now={now} place={place} go={go} />
      <main id="figures" tabIndex={-1}>
        <div class="heading">
          <h2>
            {title}
            {shown !== undefined && shown.title !== shown.key && <small>{shown.key}</small>}
          </h2>
          <RangeChoice place={place} go={go} intervalMs={now.intervalMs} />
        </div>
        <StreamView place={place} theme={theme} renditions={shown?.renditions ?? noRenditions} />
      </main>
    </div>
  );
}
