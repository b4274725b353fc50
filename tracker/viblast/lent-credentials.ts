import type { RegisteredStream } from '../../registry/index.js';
import { makeTicket, type Grant, type TicketTimes } from '../admission/ticket.js';
import type { IceServer, IceServers } from '../ice/ice-servers.js';

/** What a viewer is given for a time. */
export interface Lent {
  readonly iceServers: IceServer[];
  /** Where the stream asks for tokens. */
  readonly ticket?: string;
}

interface Lenders {
  readonly iceServers: IceServers;
  readonly ticketTimes: TicketTimes;
}

interface Borrower {
  readonly peer: string;
  readonly session: string;
  readonly grant: Grant | undefined;
}

/**
 * The ticket and the ICE servers of one viewer, given anew when half of their time is over: a
 * viewer that stays connected for days has good ones when it loses its socket.
 */
export class LentCredentials {
  #renewAtMs = 0;

  constructor(
    private readonly lenders: Lenders,
    private readonly borrower: Borrower,
  ) {}

  lend(stream: RegisteredStream | undefined, nowMs: number): Lent {
    const { iceServers, ticketTimes } = this.lenders;
    const { peer, session, grant } = this.borrower;
    const ticketMs = grant === undefined ? Infinity : ticketTimes.lifetimeMs;
    this.#renewAtMs = nowMs + Math.min(iceServers.lifetimeMs, ticketMs) / 2;
    const ticket =
      stream === undefined || grant === undefined
        ? undefined
        : makeTicket(stream, session, grant, ticketTimes, nowMs);
    const servers = iceServers.forViewer(peer, nowMs);
    return ticket === undefined ? { iceServers: servers } : { iceServers: servers, ticket };
  }

  /** Undefined while what was lent last is good for long. */
  renewed(stream: RegisteredStream | undefined, nowMs: number): Lent | undefined {
    return nowMs < this.#renewAtMs ? undefined : this.lend(stream, nowMs);
  }
}
