import type { RegisteredStream } from '../../registry/index.js';
import type { ErrorCode } from '../protocol/server-messages.js';
import { originIsAllowed } from './check-origin.js';
import { streamTakesViewers } from './check-stream.js';
import { tokenIsValid } from './check-token.js';

/** Who asks to join what. */
export interface JoinRequest {
  readonly streamKey: string;
  /** As the registry holds it; undefined where it holds none. */
  readonly stream: RegisteredStream | undefined;
  readonly session: string;
  readonly token: string | undefined;
  /** The Origin header. */
  readonly origin: string | undefined;
  readonly nowMs: number;
}

export interface AdmissionRefusal {
  readonly code: Extract<ErrorCode, 'unknown_stream' | 'origin_refused' | 'token_refused'>;
  readonly detail: string;
}

/** One reason not to let somebody join; undefined: none here. */
export type AdmissionCheck = (
  request: JoinRequest,
) => AdmissionRefusal | undefined | Promise<AdmissionRefusal | undefined>;

/** In this order; the first refusal counts. */
const checks: readonly AdmissionCheck[] = [streamTakesViewers, originIsAllowed, tokenIsValid];

/** Whether a viewer may join: undefined, or why not. */
export async function admit(request: JoinRequest): Promise<AdmissionRefusal | undefined> {
  for (const check of checks) {
    const refusal = await check(request);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
