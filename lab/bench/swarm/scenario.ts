/** What is simulated: an audience, its networks, and how long. */
export interface Scenario {
  readonly name: string;
  readonly kind: 'live' | 'vod';
  readonly streams: number;
  /** At a time: whoever goes is followed by somebody else. */
  readonly viewersPerStream: number;
  readonly trackers: number;
  /** Share of the pairs that can't connect, whatever they try. */
  readonly failingPairs: number;
  /** Autonomous systems that viewers come from, equally many from each. */
  readonly networks: number;
  /** What a connection between two networks brings, in Mbit/s. */
  readonly betweenMbps: number;
  /** Mean time for which a viewer stays. */
  readonly stayMinutes: number;
  readonly minutes: number;
  readonly seed: number;
}

/** One step of simulated time: each viewer plays one segment in it. */
export const stepMs = 5_000;
/** Steps from one announce of a viewer to its next. */
export const announceSteps = 2;
/** Of a run, for the audience to come and to connect; only what follows is counted. */
const warmUpMinutes = 1;

export const stepsOf = (minutes: number): number => Math.round((minutes * 60_000) / stepMs);
export const warmUpSteps = stepsOf(warmUpMinutes);

/** A live stream of 10 000 viewers, in which nothing is in the way. */
export const plainScenario: Scenario = {
  name: 'live',
  kind: 'live',
  streams: 1,
  viewersPerStream: 10_000,
  trackers: 1,
  failingPairs: 0,
  networks: 1,
  betweenMbps: 12,
  stayMinutes: 10,
  minutes: 6,
  seed: 1,
};
