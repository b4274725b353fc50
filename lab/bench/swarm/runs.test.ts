import { describe, expect, it } from '@jest/globals';
import { perform, runsOf, type RunResult } from './runs.js';
import { targetsOf } from './targets.js';

const extent = { viewers: 300, minutes: 6, seed: 3 };
const results = runsOf(extent).map(perform);

const offloadOf = (name: string, choice: RunResult['choice']): number =>
  results.find((one) => one.scenario.name === name && one.choice === choice)?.figures.offload ?? 0;

describe('simulated swarms of 300', () => {
  it.each(targetsOf(results).map((target) => [target.name, target] as const))(
    'reach the target with a margin: %s',
    (name, { value, min }) => {
      // Of several trackers, one that knows all is the bound: there is little room for a margin.
      const margin = name.includes('trackers') ? 1 : 1.02;
      expect(value).toBeGreaterThanOrEqual(min === 1 ? 1 : min * margin);
    },
  );

  it.each(['live', 'live, four networks', 'video'])(
    'get more from peers than by random choice and by WebTorrent trackers: %s',
    (name) => {
      for (const choice of ['random', 'webtorrent'] as const) {
        expect(offloadOf(name, 'ours')).toBeGreaterThan(offloadOf(name, choice));
      }
    },
  );

  it('never get more than the ideal, nor connect more often than they try', () => {
    for (const { figures } of results) {
      expect(figures.offload).toBeLessThanOrEqual(figures.ideal);
      expect(figures.connections).toBeLessThanOrEqual(figures.attempts);
    }
  });

  it('come out the same for the same seed, apart from the time that it takes', () => {
    const [run] = runsOf(extent);
    const again = run === undefined ? undefined : perform(run).figures;
    expect({ ...again, microsecondsAnAnnounce: 0 }).toEqual({
      ...results[0]?.figures,
      microsecondsAnAnnounce: 0,
    });
  });
});
