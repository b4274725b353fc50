import { protocolLimits } from '../../protocol/index.js';
import {
  announceLimits,
  failures,
  playerStates,
  readReported,
  toldReasons,
  type Failure,
  type PlayerState,
  type ToldReason,
} from '../../schemas/index.js';
import { reportOf, type Report, type ToldReports, type ToldWords } from '../announces/report.js';

/** The announces of a message, whatever stands in them: each is in one of the lists. */
export interface ReadAnnounces extends ToldReports {
  readonly unreadable: Unreadable;
}

/** Announces that have no readable number or no readable time. */
export interface Unreadable {
  /** Their places in the message. */
  readonly indexes: readonly number[];
  /** The numbers of those whose number alone is readable. */
  readonly numbers: readonly number[];
}

type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};
const states: ReadonlySet<unknown> = new Set(playerStates);
const knownFailures: ReadonlySet<unknown> = new Set(failures);
const reasons: ReadonlySet<unknown> = new Set(toldReasons);

/**
 * Reads announces one by one, so that none can silence another: docs/protocol.md has the rule of
 * every field. Runs for every announce that a tracker is sent.
 */
export function readAnnounces(announces: readonly unknown[]): ReadAnnounces {
  const reports: Report[] = [];
  const implausible: number[] = [];
  const tooMany: number[] = [];
  const unreadable = { indexes: [] as number[], numbers: [] as number[] };
  for (let index = 0; index < announces.length; index += 1) {
    const fields = fieldsOf(announces[index]);
    const { number, time } = fields;
    if (!isAnnounceNumber(number)) unreadable.indexes.push(index);
    else if (typeof time !== 'number') {
      unreadable.indexes.push(index);
      unreadable.numbers.push(number + 0);
    } else if (index >= protocolLimits.announcesPerMessageMax) tooMany.push(number + 0);
    else {
      const reported = readReported(fields);
      if (reported === undefined) implausible.push(number + 0);
      else {
        const atMs = Math.round(time) + 0;
        reports.push(reportOf(reported, number + 0, atMs, wordsTold(fields)));
      }
    }
  }
  return { reports, implausible, tooMany, unreadable };
}

function fieldsOf(announce: unknown): Fields {
  return typeof announce === 'object' && announce !== null ? (announce as Fields) : noFields;
}

/** A number that an answer can name. It isn't rounded: the viewer knows its announce by it. */
function isAnnounceNumber(told: unknown): told is number {
  return Number.isInteger(told) && Number(told) >= 0 && Number(told) <= announceLimits.numberMax;
}

function wordsTold({ quality, state, failure, cdnReason }: Fields): ToldWords {
  return {
    quality,
    state: states.has(state) ? (state as PlayerState) : 'unknown',
    failure: knownFailures.has(failure) ? (failure as Failure) : 'none',
    toldReason: reasons.has(cdnReason) ? (cdnReason as ToldReason) : undefined,
  };
}
