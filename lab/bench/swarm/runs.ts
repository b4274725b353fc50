import { randomChoice } from './baselines/random-choice.js';
import { WebtorrentTracker } from './baselines/webtorrent-tracker.js';
import type { Introducer } from './introducer.js';
import { ProductionTracker } from './production.js';
import { plainScenario, type Scenario } from './scenario.js';
import { simulate, type Figures } from './simulate.js';

/** Who introduces viewers, by the name in the table. */
export type ChoiceName = 'ours' | 'random' | 'webtorrent';

const introducers: Readonly<Record<ChoiceName, (scenario: Scenario) => Introducer>> = {
  ours: ({ seed }) => new ProductionTracker(seed),
  random: ({ seed }) => new ProductionTracker(seed, randomChoice),
  webtorrent: ({ seed }) => new WebtorrentTracker(seed),
};

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

/** Every run, in the order of the table. */
export function runsOf(extent: Extent): Run[] {
  return largeScenarios(extent).flatMap((scenario) => all.map((choice) => ({ scenario, choice })));
}

export function perform({ scenario, choice }: Run): RunResult {
  return { scenario, choice, figures: simulate(scenario, introducers[choice](scenario)) };
}
