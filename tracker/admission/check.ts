import { closeCodes, type CloseCode, type ErrorCode } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import type { Grant, TicketTimes } from './ticket.js';

/** Who asks to join what. */
export interface JoinRequest {
  readonly streamKey: string;
  /** As the registry holds it; undefined where it holds none. */
  readonly stream: RegisteredStream | undefined;
  readonly session: string;
  readonly token: string | undefined;
  /** From an earlier welcome. */
  readonly ticket: string | undefined;
  readonly ticketTimes: TicketTimes;
  /** The Origin header. */
  readonly origin: string | undefined;
  readonly nowMs: number;
}

export type RefusedJoin = Extract<
  ErrorCode,
  'unknown_stream' | 'origin_refused' | 'token_refused' | 'token_expired'
>;

/** Every reason for which a viewer may not be where it wants to, whatever dialect it speaks. */
export type JoinRefusal = RefusedJoin | 'unknown_info_hash' | 'too_many_swarms';

/** A join that is refused, as far as it says nothing of who asked for it. */
export interface ToldRefusal {
  readonly reason: JoinRefusal;
  /** As it was asked for, whether there's one or not; undefined where none was named. */
  readonly stream: string | undefined;
  /** The Origin header. */
  readonly origin: string | undefined;
}

/** What a socket is closed with on which nothing else may be joined. */
export const joinCloseCodes = {
  unknown_stream: closeCodes.unknownStream,
  origin_refused: closeCodes.originRefused,
  token_refused: closeCodes.tokenRefused,
  token_expired: closeCodes.tokenExpired,
} as const satisfies Record<RefusedJoin, CloseCode>;

export interface AdmissionRefusal {
  readonly ok: false;
  readonly code: RefusedJoin;
  readonly detail: string;
}

/** Let in; with a grant where the stream asks for a token. */
export interface Admitted {
  readonly ok: true;
  readonly grant: Grant | undefined;
}

export type Admission = Admitted | AdmissionRefusal;

/**
 * One thing that is looked at before somebody joins; undefined: it decides nothing, so the next one
 * does. At once where it can be: only what is signed takes its time.
 */
export type AdmissionCheck = (request: JoinRequest) => Admission | Promise<Admission> | undefined;

export function refuseJoin(code: RefusedJoin, detail: string): AdmissionRefusal {
  return { ok: false, code, detail };
}
