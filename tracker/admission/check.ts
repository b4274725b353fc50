import type { ErrorCode } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';

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
