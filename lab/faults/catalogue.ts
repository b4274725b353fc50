import type { SinkName } from '../../schemas/index.js';
import { brokerDuties, dutyText, pickBroker } from './brokers.js';
import { clockShift, consumersComeAndGo, fullDisk, poison, reloadHaproxy } from './other-faults.js';
import { sinkAwayLong } from './other-sink.js';
import { awayMs, slowSink } from './settings.js';
import { sinkSlow } from './slow-sink.js';
import { streamsOf } from './streams.js';
import { strike, ways, type Way } from './strikes.js';
import type { FaultSystem } from './system.js';

/** Something that goes wrong while viewers announce. */
export interface Fault {
  /** `<what>-<how>`; `--only` takes it, or its beginning. */
  readonly name: string;
  readonly what: string;
  /** True: a kill -9 of what isn't away on purpose. The next minute has to come in time. */
  readonly hasTarget: boolean;
  /** How long something is away, where that is longer than a minute is waited for. */
  readonly awayMs?: number;
  /** Why it can't be tried here. */
  readonly unavailable?: (system: FaultSystem) => string | undefined;
  /** Before the viewers come; what it resolves with is called when they have gone. */
  readonly prepare?: (system: FaultSystem) => Promise<() => Promise<void>>;
  /** Resolves when all is back, with notes for the table. */
  readonly strike: (system: FaultSystem) => Promise<readonly string[]>;
}

type Strike = (system: FaultSystem, way: Way) => Promise<readonly string[]>;

const verbs: Readonly<Record<Way, string>> = {
  kill: 'kill -9',
  pause: 'SIGSTOP 40 s',
  stop: 'graceful stop',
};

function inEachWay(name: string, what: string, strikeIt: Strike, isAway = false): readonly Fault[] {
  return ways.map((way) => ({
    name: `${name}-${way}`,
    what: `${what}: ${verbs[way]}`,
    hasTarget: way === 'kill' && !isAway,
    strike: (system) => strikeIt(system, way),
  }));
}

const noNotes: readonly string[] = [];

const strikeTotals: Strike = async (system, way) =>
  strike([system.totals], way, system).then(() => noNotes);
const strikePartials: Strike = async (system, way) =>
  strike([system.partials], way, system).then(() => noNotes);
const strikeTracker: Strike = async (system, way) =>
  strike([system.tracker], way, system).then(() => noNotes);
const strikeIngest: Strike = async (system, way) =>
  strike([system.ingest], way, system).then(() => noNotes);
const strikeHaproxy: Strike = async (system, way) =>
  strike([system.stack.haproxy.process], way, system).then(() => noNotes);
const strikeCarbon: Strike = async (system, way) =>
  strike([system.stack.graphite.carbon], way, system, awayMs.carbon).then(() => noNotes);
const strikeClickHouse: Strike = async (system, way) =>
  strike([system.stack.clickhouse.process], way, system, awayMs.clickhouse).then(() => noNotes);
const strikeKafka: Strike = async (system, way) =>
  strike(system.stack.kafka.processes, way, system, awayMs.kafka).then(() => noNotes);
const strikeBroker =
  (coordinates: boolean): Strike =>
  async (system, way) => {
    const duty = pickBroker(await brokerDuties(system), coordinates);
    await strike([duty.process], way, system, awayMs.broker);
    return [dutyText(duty)];
  };

/** Two at once, both from the same moment on. */
function together(
  name: string,
  what: string,
  hasTarget: boolean,
  ...strikes: readonly (readonly [Strike, Way])[]
): Fault {
  return {
    name,
    what,
    hasTarget,
    strike: async (system) =>
      (await Promise.all(strikes.map(([strikeIt, way]) => strikeIt(system, way)))).flat(),
  };
}

function ofEachSink(
  name: string,
  fault: (
    sink: SinkName,
    what: string,
    streams: readonly string[],
  ) => Omit<Fault, 'name' | 'hasTarget'>,
): readonly Fault[] {
  const sinks = [
    ['clickhouse', 'clickhouse'],
    ['graphite', 'carbon'],
  ] as const;
  return sinks.map(([sink, what]) => {
    const named = { name: `${what}-${name}` };
    return { ...named, hasTarget: false, ...fault(sink, what, streamsOf(named)) };
  });
}

/** Every fault, those that endanger the result most first. */
export const faults: readonly Fault[] = [
  ...inEachWay('partials', 'rollup with partials', strikePartials),
  ...inEachWay('totals', 'rollup with totals', strikeTotals),
  ...inEachWay('leader', 'a Kafka leader (away 20 s)', strikeBroker(false)),
  ...inEachWay('coordinator', 'a Kafka leader that coordinates (away 20 s)', strikeBroker(true)),
  ...inEachWay('kafka', 'all Kafka (away 90 s)', strikeKafka, true),
  ...inEachWay('carbon', 'carbon (away 60 s)', strikeCarbon, true),
  ...inEachWay('clickhouse', 'ClickHouse (away 60 s)', strikeClickHouse, true),
  ...inEachWay('tracker', 'a tracker', strikeTracker),
  ...inEachWay('ingest', 'an ingest', strikeIngest),
  ...inEachWay('haproxy', 'HAProxy', strikeHaproxy),
  {
    name: 'haproxy-reload',
    what: 'HAProxy reloads',
    hasTarget: false,
    strike: reloadHaproxy,
  },
  together(
    'pair-partials-carbon',
    'kill -9 of partials and of carbon (away 60 s)',
    false,
    [strikePartials, 'kill'],
    [strikeCarbon, 'kill'],
  ),
  together(
    'pair-totals-clickhouse',
    'kill -9 of totals and of ClickHouse (away 60 s)',
    false,
    [strikeTotals, 'kill'],
    [strikeClickHouse, 'kill'],
  ),
  together(
    'pair-totals-carbon',
    'totals paused, carbon killed (away 60 s)',
    false,
    [strikeTotals, 'pause'],
    [strikeCarbon, 'kill'],
  ),
  together(
    'pair-tracker-leader',
    'kill -9 of a tracker and of a Kafka leader',
    true,
    [strikeTracker, 'kill'],
    [strikeBroker(false), 'kill'],
  ),
  together(
    'pair-partials-coordinator',
    'partials paused, their coordinator killed',
    false,
    [strikePartials, 'pause'],
    [strikeBroker(true), 'kill'],
  ),
  together(
    'pair-partials-totals',
    'kill -9 of partials and of totals',
    true,
    [strikePartials, 'kill'],
    [strikeTotals, 'kill'],
  ),
  {
    name: 'consumers',
    what: 'a rollup and an ingest are added, and go again',
    hasTarget: false,
    strike: consumersComeAndGo,
  },
  {
    name: 'clock-ahead',
    what: 'a tracker whose clock is 2 s ahead comes and goes',
    hasTarget: false,
    ...clockShift(2_000),
  },
  {
    name: 'clock-behind',
    what: 'a tracker whose clock is 2 s behind comes and goes',
    hasTarget: false,
    ...clockShift(-2_000),
  },
  {
    name: 'poison',
    what: 'broken records in announces and rollup-partials',
    hasTarget: false,
    strike: poison,
  },
  ...ofEachSink('away-long', (sink, what, streams) => ({
    what: `${what} is away for 10 minutes, the other sink goes on`,
    awayMs: awayMs.long,
    strike: (system) => sinkAwayLong(sink, streams, system),
  })),
  ...ofEachSink('slow', (sink, what, streams) => ({
    what: `${what} is slow for 3 minutes, the other sink goes on`,
    awayMs: slowSink.durationMs,
    ...sinkSlow(sink, streams),
  })),
  {
    name: 'full-disk',
    what: "ClickHouse's disk is full for 30 s",
    hasTarget: false,
    unavailable: ({ disk }) => (typeof disk === 'string' ? disk : undefined),
    strike: fullDisk,
  },
];

/** Those of the name, or whose name begins with it: `totals` is all that happens to totals. */
export function faultsNamed(name: string): readonly Fault[] {
  return faults.filter((fault) => fault.name === name || fault.name.startsWith(`${name}-`));
}
