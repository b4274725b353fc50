import { torrentLimits } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import { admit } from '../admission/admission.js';
import type { Admission, JoinRequest } from '../admission/check.js';
import type { TicketTimes } from '../admission/ticket.js';
import { torrentSocketLimits } from '../limits.js';
import type { AskedPlace } from './asked-place.js';

export interface SocketAdmissionsParts {
  readonly ticketTimes: TicketTimes;
  readonly now: () => number;
}

interface Known {
  readonly stream: RegisteredStream;
  readonly admission: Admission;
  /** When it was let in first; undefined: it wasn't. */
  readonly sinceMs: number | undefined;
}

/** As many as one frame may name: who comes again for one of them finds all others. */
const knownMax = Math.max(torrentLimits.scrapedSwarmsMax, torrentSocketLimits.swarmsPerSocketMax);

/**
 * Which streams a socket may be in, asked again when the registry has another one of the name. Who
 * is in stays in when its token's time is over: a change of the stream doesn't end that.
 */
export class SocketAdmissions {
  readonly #known = new Map<string, Known>();

  constructor(
    private readonly parts: SocketAdmissionsParts,
    private readonly asked: AskedPlace,
    /** The Origin header. */
    readonly origin: string | undefined,
  ) {}

  /** At once where it can be; later where a token is to be looked at. */
  of(stream: RegisteredStream): Admission | Promise<Admission> {
    const known = this.#known.get(stream.key);
    if (known?.stream === stream) return known.admission;
    const atMs = known?.sinceMs ?? this.parts.now();
    const admission = admit(this.#request(stream, atMs));
    return admission instanceof Promise
      ? admission.then((later) => this.#remember(stream, later, atMs))
      : this.#remember(stream, admission, atMs);
  }

  #remember(stream: RegisteredStream, admission: Admission, atMs: number): Admission {
    if (this.#known.size >= knownMax) this.#known.clear();
    this.#known.set(stream.key, { stream, admission, sinceMs: admission.ok ? atMs : undefined });
    return admission;
  }

  #request(stream: RegisteredStream, nowMs: number): JoinRequest {
    return {
      streamKey: stream.key,
      stream,
      session: this.asked.session ?? '',
      token: this.asked.token,
      ticket: undefined,
      ticketTimes: this.parts.ticketTimes,
      origin: this.origin,
      nowMs,
    };
  }
}
