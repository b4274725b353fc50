import type { FiguresState } from '../api/shapes.js';

const names: Readonly<Record<FiguresState, string>> = {
  current: 'Live',
  idle: 'Idle',
  late: 'Late',
  stale: 'Stale',
  no_data: 'No data',
  unread: 'Reading',
};
const meanings: Readonly<Record<FiguresState, string>> = {
  current: 'Somebody watched in the last minute',
  idle: 'Nobody watches, and that is known',
  late: 'The count of this stream is behind; others go on',
  stale: 'No minute has been told for a while: nothing is known',
  no_data: 'Nothing has been told yet',
  unread: 'The portal is still reading this stream’s figures; they come within seconds',
};

/** How far figures can be relied on: told by word and shape, not by colour alone. */
export function State({ state }: { readonly state: FiguresState }) {
  return (
    <span class={`state state-${state}`} title={meanings[state]}>
      {names[state]}
    </span>
  );
}
