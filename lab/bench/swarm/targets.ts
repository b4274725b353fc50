import type { RunResult } from './runs.js';

/** A promise about the figures. */
export interface Target {
  readonly name: string;
  readonly min: number;
  readonly value: number;
}

/** Of the ideal, where a tenth of the pairs can't connect. */
const shareOfIdealMin = 0.85;
/** Of what random choice comes to, where peers of the same network bring more. */
const timesRandomMin = 1.15;

/** Of what one tracker comes to that knows all, where there are several. */
const shareOfOneTrackerMin = 0.97;

/**
 * Swarms that are told whole, and those of which each tracker has enough to choose well from.
 * Between them, a few hundred to a few thousand, trackers lose some of the choice.
 */
const isPromised = (viewers: number): boolean => viewers <= 100 || viewers >= 10_000;

const shareOfIdeal = ({ figures }: RunResult): number => figures.offload / figures.ideal;

/** What is promised of these runs, and what came out. */
export function targetsOf(results: readonly RunResult[]): Target[] {
  const ours = results.filter(({ choice }) => choice === 'ours');
  const withFailures = ours
    .filter(({ scenario }) => scenario.failingPairs > 0)
    .map((result) => ({
      name: `${result.scenario.name}: share of the ideal`,
      min: shareOfIdealMin,
      value: shareOfIdeal(result),
    }));
  const withNetworks = ours
    .filter(({ scenario }) => scenario.networks > 1)
    .map((result) => ({
      name: `${result.scenario.name}: times random choice`,
      min: timesRandomMin,
      value: result.figures.offload / offloadOf(results, result, 'random'),
    }));
  const severalTrackers = ours
    .filter(({ scenario }) => scenario.trackers > 1 && isPromised(scenario.viewersPerStream))
    .map((result) => ({
      name: `${result.scenario.name}, ${result.scenario.trackers} trackers: share of what one gets`,
      min: shareOfOneTrackerMin,
      value: result.figures.offload / offloadOfOne(results, result),
    }));
  const connected = ours.map(({ scenario, figures }) => ({
    name: `${scenario.name}, ${scenario.trackers} tracker(s): share of swarms that are one graph`,
    min: 1,
    value: 1 / figures.components,
  }));
  return [...withFailures, ...withNetworks, ...severalTrackers, ...connected];
}

/** What one tracker comes to that knows all. */
function offloadOfOne(results: readonly RunResult[], { scenario, choice }: RunResult): number {
  const found = results.find(
    (one) =>
      one.choice === choice && one.scenario.name === scenario.name && one.scenario.trackers === 1,
  );
  if (found === undefined) throw new Error(`${scenario.name} has no run with one tracker`);
  return found.figures.offload;
}

/** What another choice comes to in the same scenario. */
function offloadOf(
  results: readonly RunResult[],
  { scenario }: RunResult,
  choice: RunResult['choice'],
): number {
  const found = results.find((one) => one.scenario === scenario && one.choice === choice);
  if (found === undefined) throw new Error(`${scenario.name} has no run with choice ${choice}`);
  return found.figures.offload;
}

export const isMet = ({ value, min }: Target): boolean => value >= min;
