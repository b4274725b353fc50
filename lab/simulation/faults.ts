import type { Random } from './random.js';

/** What goes wrong by chance, per minute of the simulated time. */
export const disturbances = [
  'rollup crashes',
  'rollup stops',
  'rollup pauses shortly',
  'rollup pauses beyond the session time-out',
  'rollup is cut off from the coordinator',
  'ingest crashes',
  'ingest stops',
  'ingest pauses beyond the session time-out',
  'tracker crashes',
  'tracker pauses',
  'group rebalances',
  'commit goes back to an earlier one',
  'commit is wiped',
  'commit is out of range',
  'commit without metadata',
  'fetch of a partition stalls',
  'beginning of the log is deleted',
  'leader moves',
  'poison record',
  'record that cannot be applied',
  'records whose raw rows ClickHouse refuses',
  'table of raw rows is wrong',
  'tables of minutes are wrong',
  'carbon killed',
  'carbon away',
  'carbon hangs',
  'host of carbon vanishes',
  'carbon connection drops',
  'ClickHouse away',
  'all Kafka away',
  'all rollups away',
  'all of stage 1 away',
  'viewer is disconnected',
] as const;
export type Disturbance = (typeof disturbances)[number];

/** What goes wrong with one operation, as its probability. */
export const mishaps = [
  'append is lost',
  'append is refused',
  'append happens twice',
  'append is delayed',
  'append is acknowledged late',
  'append is never acknowledged',
  'commit is lost',
  "commit's answer is lost",
  'fetch jumps forward after a rejoin',
  'fetch jumps back after a rejoin',
  'rollup crashes at an await',
  'ingest crashes at an await',
  'rollup pauses before a write to carbon',
  'carbon dies right after a commit of stage 2',
  'a step throws before it is done',
  'a step throws when it is done',
  'an encoder throws',
  'a step of ingest throws',
  'raw rows cannot be encoded',
  'insert fails',
  'insert fails after writing',
  'insert is slow',
  'acknowledgement is lost on its way to the viewer',
] as const;
export type Mishap = (typeof mishaps)[number];

/** What follows from others, or stands for a whole run. */
export const consequences = [
  'log time goes back',
  'record from the broker 5 minutes ahead',
  'batch by a clock 5 minutes ahead',
  'zombie owner writes',
  'former owner writes to carbon',
  'backlog of over 5 minutes',
  'unread records are deleted',
  'stage 1 waits for Kafka',
  'stage 2 waits for its sinks',
  'gap is refused',
  'announce is resent',
  'announce is refused as too late',
] as const;
export type Consequence = (typeof consequences)[number];

export type FaultKind = Disturbance | Mishap | Consequence;
export const faultKinds: readonly FaultKind[] = [...disturbances, ...mishaps, ...consequences];
export type FaultCounts = Record<FaultKind, number>;

export interface FaultRates {
  readonly perMinute: Readonly<Record<Disturbance, number>>;
  readonly probability: Readonly<Record<Mishap, number>>;
}

export function noFaults(): FaultCounts {
  return Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as FaultCounts;
}

/** Says what goes wrong, until the last fault is over, and counts it. */
export class Faults {
  readonly counts = noFaults();
  #isOver = false;

  constructor(
    private readonly rates: FaultRates,
    private readonly random: Random,
    private readonly onStrike: (kind: FaultKind) => void,
  ) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
  }

  count(kind: FaultKind): void {
    this.counts[kind] += 1;
    this.onStrike(kind);
  }

  /** True: it goes wrong this time. */
  strikes(mishap: Mishap): boolean {
    if (this.#isOver || !this.random.chance(this.rates.probability[mishap])) return false;
    this.count(mishap);
    return true;
  }

  /** The disturbances of the next second. */
  ofOneSecond(): Disturbance[] {
    if (this.#isOver) return [];
    return disturbances.filter((kind) => this.random.chance(this.rates.perMinute[kind] / 60));
  }
}
