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
  const connected = ours.map(({ scenario, figures }) => ({
    name: `${scenario.name}, ${scenario.trackers} tracker(s): share of swarms that are one graph`,
    min: 1,
    value: 1 / figures.components,
  }));
  return [...withFailures, ...withNetworks, ...connected];
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
