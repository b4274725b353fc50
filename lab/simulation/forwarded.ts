import type { Sink } from '../../rollup/sinks/sink.js';

/** What one sink in front of another leaves to that one: all but its epoch and its writes. */
export function forwarded(sink: Sink): Pick<Sink, 'name' | 'isVersioned' | 'problem' | 'close'> {
  return {
    name: sink.name,
    isVersioned: sink.isVersioned,
    problem: () => sink.problem(),
    close: (deadlineMs) => sink.close(deadlineMs),
  };
}
