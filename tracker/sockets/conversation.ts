import type { CloseCode } from '../../protocol/index.js';
import type { Browser } from '../../schemas/index.js';

/** What a socket gives its conversation: the way to the viewer. After `close`, both do nothing. */
export interface ViewerLink {
  /** Bytes that the viewer hasn't read yet, as far as this side can know. */
  readonly unsentBytes: number;
  /**
   * Sends a text frame. A viewer that reads too slowly loses its socket. `isAscii`: there is
   * nothing else in it, so that its bytes needn't be counted.
   */
  send(text: string, isAscii?: true): void;
  close(code: CloseCode, reason: string): void;
}

/** What the upgrade request told of a viewer. */
export interface ViewerRequest {
  /** Path and query, such as `/?stream=KEY`. */
  readonly target: string;
  readonly origin: string | undefined;
  readonly browser: Browser;
  readonly userAgent: string | undefined;
  /** Where it connects from, as far as that is known. */
  readonly address: string;
  /** True: it says some last words and hears no answer, so it is nobody's place in a swarm. */
  readonly isBeacon?: true;
}

/**
 * One viewer's conversation in a dialect, which alone knows what frames mean. None of its verbs
 * waits; what one of them throws is a mistake of ours, and the socket calls `failed`.
 */
export interface Conversation {
  /** True: the viewer has said who it is. Where it doesn't in time, `refuseSilence` is called. */
  readonly hasGreeted: boolean;
  /**
   * A text frame. True: it was within a budget of its own, so that it doesn't count among the
   * frames that are allowed.
   */
  receive(text: string): boolean;
  /** The same of a binary frame, which some clients send in place of text. */
  receiveBinary(text: string): boolean;
  /** A frame more than allowed: ends, since what is dropped unread could never be answered. */
  refuseFlood(): void;
  /** No greeting in time: ends. */
  refuseSilence(): void;
  /** Something of ours went wrong: says so without details and ends. */
  failed(): void;
  /** This tracker stops: asks the viewer to connect elsewhere after this time. All goes on. */
  reconnect(afterMs: number): void;
  /** The socket is gone, by whichever side: lets go of everything. Harmless a second time. */
  closed(): void;
}

/** A language that viewers may speak; the server picks it by what their sockets ask for. */
export interface Dialect {
  /** The WebSocket subprotocol; empty: for sockets that ask for none. */
  readonly subprotocol: string;
  /** How many times the time for a greeting a viewer may take until it has said who it is. */
  readonly greetingDeadlines: number;
  /** What a viewer says that leaves; a dialect without it takes no beacons. */
  readonly leaveText?: string;
  begin(link: ViewerLink, request: ViewerRequest): Conversation;
}
