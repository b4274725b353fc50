import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { TurnPause } from './turn-pause.js';

/** Called at the end of the turn of the event loop in which it was asked for. */
interface Waiting {
  flush(): void;
}

/**
 * The sockets that have something to write, until the turn of the event loop ends: what one turn
 * has for a socket then leaves in one write. A system call costs more than all else that is done
 * for a message, and in one turn many viewers may signal to the same one.
 */
export class TurnWrites {
  /** What all sockets together were written and isn't on the network, as last seen of each. */
  unsentBytes = 0;
  #waiting: Waiting[] = [];

  constructor(private readonly pause?: TurnPause) {}

  /** For how long its pauses held the thread up so far. */
  get heldMs(): number {
    return this.pause?.heldMs ?? 0;
  }

  add(socket: Waiting): void {
    if (this.#waiting.push(socket) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) socket.flush();
    this.pause?.afterTurn(waiting.length);
  }
}

/** A WebSocket and the connection under it. */
export interface FramedConnection {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  readonly turn: TurnWrites;
}

/**
 * The frames of one socket on their way. They are written to the connection itself, past `ws`,
 * which would frame each in an object and two buffers: `ws` goes on to write its own frames there,
 * pings, pongs and closes, each whole, so that the two never mix. Frames must not be compressed.
 */
export class FrameOutbox {
  #frames = '';
  #counted = 0;

  constructor(private readonly connection: FramedConnection) {}

  /** What isn't on the network yet, as far as this process can know. */
  get bytes(): number {
    return this.#frames.length + this.connection.stream.writableLength;
  }

  /** Takes frames as binary strings. */
  put(frame: string): void {
    if (this.#frames === '') this.connection.turn.add(this);
    this.#frames += frame;
  }

  flush(): void {
    const frames = this.#frames;
    if (frames === '') return;
    this.#frames = '';
    const { socket, stream } = this.connection;
    // Nothing may follow a close, which ws may have answered meanwhile.
    if (socket.readyState !== socket.OPEN) return;
    stream.write(frames, 'latin1');
    this.count();
  }

  /** Looks at what isn't on the network now. */
  count(): void {
    this.#count(this.connection.stream.writableLength);
  }

  /** The connection is gone. */
  gone(): void {
    this.#count(0);
  }

  #count(bytes: number): void {
    if (bytes === this.#counted) return;
    this.connection.turn.unsentBytes += bytes - this.#counted;
    this.#counted = bytes;
  }
}
