import { SwarmExchange } from '../../../tracker/neighbours/swarm-exchange.js';
import { nearAndRandom } from '../../../tracker/swarm/peer-choice.js';
import { NeighbourLog } from './neighbour-log.js';
import { BalancedTrackers } from './balanced-trackers.js';
import { randomChoice } from './baselines/random-choice.js';
import { WebtorrentTracker } from './baselines/webtorrent-tracker.js';
import type { Introducer } from './introducer.js';
import { ProductionTracker } from './production.js';
import { announceSteps, plainScenario, stepMs, type Scenario } from './scenario.js';
import { simulate, type Figures } from './simulate.js';

/** Who introduces viewers, by the name in the table. */
export type ChoiceName = 'ours' | 'ours, apart' | 'random' | 'webtorrent';

const introducers: Readonly<Record<ChoiceName, (scenario: Scenario) => Introducer>> = {
  ours: (scenario) => (scenario.trackers === 1 ? single(scenario) : neighbours(scenario)),
  'ours, apart': (scenario) =>
    new BalancedTrackers(
      times(scenario.trackers, (index) => new ProductionTracker(scenario.seed + index)),
    ),
  random: ({ seed }) => new ProductionTracker(seed, randomChoice),
  webtorrent: ({ seed }) => new WebtorrentTracker(seed),
};

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const single = ({ seed }: Scenario): Introducer => new ProductionTracker(seed);

/** Trackers that tell each other of their swarms, by the tracker's own rules. */
function neighbours({ trackers, seed }: Scenario): Introducer {
  const announceIntervalMs = announceSteps * stepMs;
  const exchanges = times(trackers, (index) => {
    const instance = String(index).padStart(8, '0');
    return new SwarmExchange({ tracker: `tracker-${index}`, instance, announceIntervalMs });
  });
  const stores = exchanges.map(
    (exchange, index) => new ProductionTracker(seed + index, nearAndRandom, exchange),
  );
  return new BalancedTrackers(stores, new NeighbourLog(exchanges));
}

/** One line of the table. */
export interface Run {
  readonly scenario: Scenario;
  readonly choice: ChoiceName;
}

export interface RunResult extends Run {
  readonly figures: Figures;
}

export interface Extent {
  /** Viewers of a large stream. */
  readonly viewers: number;
  readonly minutes: number;
  readonly seed: number;
}

const all: readonly ChoiceName[] = ['ours', 'random', 'webtorrent'];
const alone: readonly ChoiceName[] = ['ours'];
const several: readonly ChoiceName[] = ['ours', 'ours, apart'];
const smallSizes = [2, 10, 100] as const;
const trackersMax = 8;

/** Scenarios of one large stream, by name. */
function largeScenarios({ viewers, minutes, seed }: Extent): Scenario[] {
  const plain: Scenario = { ...plainScenario, viewersPerStream: viewers, minutes, seed };
  return [
    plain,
    { ...plain, name: 'live, a tenth of the pairs fails', failingPairs: 0.1 },
    { ...plain, name: 'live, four networks', networks: 4, betweenMbps: 2 },
    { ...plain, name: 'video', kind: 'vod' },
    { ...plain, name: 'video, a tenth of the pairs fails', kind: 'vod', failingPairs: 0.1 },
  ];
}

/** Viewers of small streams: together a fifth of those of a large one. */
function sizedScenarios({ viewers, minutes, seed }: Extent): Scenario[] {
  const together = viewers / 5;
  return [...smallSizes, viewers].flatMap((viewersPerStream) =>
    [1, trackersMax].map((trackers) => ({
      ...plainScenario,
      name: `live, streams of ${viewersPerStream}`,
      viewersPerStream,
      streams: Math.max(1, Math.floor(together / viewersPerStream)),
      trackers,
      minutes,
      seed,
    })),
  );
}

/** Every run, in the order of the table. */
export function runsOf(extent: Extent): Run[] {
  const large = largeScenarios(extent).flatMap((scenario) =>
    all.map((choice) => ({ scenario, choice })),
  );
  const sized = sizedScenarios(extent).flatMap((scenario) =>
    (scenario.trackers === 1 ? alone : several).map((choice) => ({ scenario, choice })),
  );
  return [...large, ...sized];
}

export function perform({ scenario, choice }: Run): RunResult {
  return { scenario, choice, figures: simulate(scenario, introducers[choice](scenario)) };
}
