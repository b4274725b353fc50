import type { ClusterSettings } from '../../registry/index.js';
import type { FaultRates } from './faults.js';
import { shortMinutesCluster } from './settings.js';

const usual: FaultRates = {
  perMinute: {
    'rollup crashes': 0.25,
    'rollup stops': 0.1,
    'rollup pauses shortly': 0.3,
    'rollup pauses beyond the session time-out': 0.25,
    'rollup is cut off from the coordinator': 0.15,
    'ingest crashes': 0.25,
    'ingest stops': 0.1,
    'ingest pauses beyond the session time-out': 0.15,
    'tracker crashes': 0.15,
    'tracker pauses': 0.2,
    'group rebalances': 0.3,
    'commit goes back to an earlier one': 0.3,
    'commit is wiped': 0.05,
    'commit is out of range': 0.05,
    'commit without metadata': 0.05,
    'fetch of a partition stalls': 0.15,
    'beginning of the log is deleted': 0.3,
    'leader moves': 0.7,
    'poison record': 0.1,
    'record that cannot be applied': 0.1,
    'records whose raw rows ClickHouse refuses': 0.15,
    'table of raw rows is wrong': 0.1,
    'tables of minutes are wrong': 0.1,
    'carbon killed': 0.2,
    'carbon away': 0.05,
    'carbon hangs': 0.1,
    'host of carbon vanishes': 0.1,
    'carbon connection drops': 0.3,
    'ClickHouse away': 0.1,
    'all Kafka away': 0.04,
    'all rollups away': 0.03,
    'all of stage 1 away': 0.03,
    'viewer is disconnected': 2,
  },
  probability: {
    'append is lost': 0.008,
    'append is refused': 0.004,
    'append happens twice': 0.008,
    'append is delayed': 0.01,
    'append is acknowledged late': 0.008,
    'append is never acknowledged': 0.008,
    'commit is lost': 0.03,
    "commit's answer is lost": 0.03,
    'fetch jumps forward after a rejoin': 0.15,
    'fetch jumps back after a rejoin': 0.15,
    'rollup crashes at an await': 0.0004,
    'ingest crashes at an await': 0.0008,
    'rollup pauses before a write to carbon': 0.01,
    'carbon dies right after a commit of stage 2': 0.002,
    'a step throws before it is done': 0.0005,
    'a step throws when it is done': 0.0005,
    'an encoder throws': 0.001,
    'a step of ingest throws': 0.0005,
    'raw rows cannot be encoded': 0.0005,
    'insert fails': 0.05,
    'insert fails after writing': 0.05,
    'insert is slow': 0.05,
    'acknowledgement is lost on its way to the viewer': 0.05,
  },
};

/** A kind of run: how often what strikes, and what is staged on purpose. */
/** Faults that only together, in their order, meet the rule that they are aimed at. */
export type StageName =
  | 'all rollups away'
  | 'all of stage 1 away'
  | 'carbon is killed behind a backlog'
  | 'host of carbon vanishes behind a backlog'
  | 'carbon is killed behind an idle backlog'
  | 'nobody watches'
  | 'unread records are deleted'
  | 'both sinks away'
  | 'one sink away'
  | 'a sum leaves its range'
  | 'stale write'
  | 'stuck write'
  | 'stale correction'
  | 'correction waits'
  | 'former owner connects again';

export interface Profile {
  readonly rates: FaultRates;
  /** One broker's clock is 5 minutes ahead. */
  readonly isBrokerAhead?: boolean;
  /** One tracker's clock is 5 minutes ahead. */
  readonly isTrackerAhead?: boolean;
  readonly cluster?: ClusterSettings;
  readonly stage?: StageName;
}

function usualWith(
  perMinute: Partial<FaultRates['perMinute']>,
  probability: Partial<FaultRates['probability']> = {},
): FaultRates {
  return {
    perMinute: { ...usual.perMinute, ...perMinute },
    probability: { ...usual.probability, ...probability },
  };
}

function scaled(factor: number): FaultRates {
  const scale = <Kind extends string>(rates: Readonly<Record<Kind, number>>) =>
    Object.fromEntries(
      Object.entries<number>(rates).map(([kind, rate]) => [kind, rate * factor]),
    ) as Record<Kind, number>;
  return { perMinute: scale(usual.perMinute), probability: scale(usual.probability) };
}

export const profiles = {
  usual: { rates: usual },
  calm: { rates: scaled(0.25) },
  wild: { rates: scaled(2) },
  'broker ahead': { rates: usualWith({ 'leader moves': 3 }), isBrokerAhead: true },
  'tracker ahead': { rates: usualWith({ 'viewer is disconnected': 4 }), isTrackerAhead: true },
  'long backlog': { rates: scaled(0.5), stage: 'all rollups away' },
  'stage 1 behind': { rates: scaled(0.5), stage: 'all of stage 1 away' },
  'unread records deleted': { rates: scaled(0.5), stage: 'unread records are deleted' },
  'many minutes behind': {
    rates: scaled(0.5),
    cluster: shortMinutesCluster,
    stage: 'all rollups away',
  },
  'many minutes waiting': {
    rates: scaled(0.2),
    cluster: shortMinutesCluster,
    stage: 'both sinks away',
  },
  'one sink away': { rates: scaled(0), cluster: shortMinutesCluster, stage: 'one sink away' },
  bounds: { rates: scaled(0.5), stage: 'a sum leaves its range' },
  ingest: {
    rates: usualWith(
      {
        'ingest crashes': 1,
        'ingest stops': 0.5,
        'records whose raw rows ClickHouse refuses': 2,
        'table of raw rows is wrong': 0.5,
        'tables of minutes are wrong': 1,
        'ClickHouse away': 0.5,
      },
      { 'ingest crashes at an await': 0.004, 'insert fails after writing': 0.2 },
    ),
  },
  throws: {
    rates: usualWith(
      { 'record that cannot be applied': 1 },
      {
        'a step throws before it is done': 0.003,
        'a step throws when it is done': 0.003,
        'an encoder throws': 0.01,
        'a step of ingest throws': 0.003,
        'raw rows cannot be encoded': 0.003,
      },
    ),
  },
  sinks: {
    rates: usualWith(
      {
        'carbon killed': 1,
        'carbon connection drops': 1,
        'carbon away': 0.3,
        'ClickHouse away': 0.5,
        'rollup crashes': 0.5,
      },
      { 'insert fails': 0.2, 'insert fails after writing': 0.2 },
    ),
  },
  commits: {
    rates: usualWith({
      'commit goes back to an earlier one': 2,
      'commit is wiped': 0.3,
      'commit is out of range': 0.3,
      'commit without metadata': 0.8,
      'group rebalances': 1,
    }),
  },
  retention: {
    rates: usualWith({
      'beginning of the log is deleted': 2,
      'commit goes back to an earlier one': 1,
      'commit is wiped': 0.5,
      'commit without metadata': 0.3,
      'group rebalances': 1,
    }),
  },
  zombies: {
    rates: usualWith(
      {
        'rollup pauses beyond the session time-out': 0.8,
        'rollup is cut off from the coordinator': 0.5,
        'viewer is disconnected': 4,
      },
      { 'rollup pauses before a write to carbon': 0.1 },
    ),
  },
  // Few new owners: each would send all again.
  lossy: {
    rates: {
      perMinute: {
        ...scaled(0.1).perMinute,
        'rollup crashes': 0.25,
        'poison record': 1,
        'viewer is disconnected': 5,
      },
      probability: {
        ...scaled(0.1).probability,
        'append is lost': 0.08,
        'append is delayed': 0.15,
        'append happens twice': 0.1,
      },
    },
  },
  // Minutes become final as soon as they are known, while the sinks come and go.
  'sinks behind': {
    rates: usualWith(
      { 'carbon killed': 3, 'ClickHouse away': 1.5, 'rollup crashes': 1.5 },
      { 'carbon dies right after a commit of stage 2': 0.05 },
    ),
    stage: 'all of stage 1 away',
  },
  'carbon killed': { rates: scaled(0.1), stage: 'carbon is killed behind a backlog' },
  'stuck write': { rates: scaled(0.2), stage: 'stuck write' },
  'carbon vanishes': { rates: scaled(0.1), stage: 'host of carbon vanishes behind a backlog' },
  'idle night': {
    rates: usualWith({ 'carbon killed': 1, 'carbon away': 0.3, 'rollup crashes': 1 }),
    stage: 'nobody watches',
  },
  'idle backlog': {
    rates: scaled(0.05),
    cluster: shortMinutesCluster,
    stage: 'carbon is killed behind an idle backlog',
  },
  drops: {
    rates: usualWith(
      { 'rollup crashes': 0.7, 'carbon connection drops': 0.5, 'group rebalances': 1 },
      { 'carbon dies right after a commit of stage 2': 0.05 },
    ),
  },
  'stale write': { rates: scaled(0.2), stage: 'stale write' },
  'stale correction': { rates: scaled(0.03), stage: 'stale correction' },
  'correction waits': { rates: scaled(0.03), stage: 'correction waits' },
  'former owner': { rates: scaled(0.03), stage: 'former owner connects again' },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;

/** Every seed has its profile; the usual ones are most. */
const bySeed: readonly ProfileName[] = [
  'usual',
  'wild',
  'broker ahead',
  'usual',
  'long backlog',
  'sinks',
  'calm',
  'commits',
  'zombies',
  'usual',
  'stage 1 behind',
  'stale write',
  'many minutes behind',
  'drops',
  'many minutes waiting',
  'tracker ahead',
  'lossy',
  'sinks behind',
  'unread records deleted',
  'unread records deleted',
  'stale correction',
  'many minutes waiting',
  'correction waits',
  'retention',
  'carbon killed',
  'former owner',
  'carbon vanishes',
  'idle night',
  'idle backlog',
  'stuck write',
  'throws',
  'one sink away',
  'bounds',
  'many minutes waiting',
  'ingest',
];

export function profileOf(seed: number): ProfileName {
  return bySeed[seed % bySeed.length] ?? 'usual';
}
