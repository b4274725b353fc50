import { WebSocket } from 'ws';
import {
  comingBackAfter,
  comingBackDelayMs,
  subprotocol,
  type RefusalReason,
  type ServerMessage,
} from '../../../protocol/index.js';
import { newSession, until } from '../../../tracker/testing/test-viewer.js';

/** What many viewers have met. */
export interface PlainSums {
  /** Sockets that were opened where a tracker had asked for it, in time. */
  moved: number;
  /** Sockets that ended otherwise, and attempts that came to nothing. */
  lost: number;
  /** What became of these: the status of the answer, or the connection's error. */
  readonly failed: string[];
  errors: number;
  /**
   * Why, of each report; but those that were too late for the shared stack's minutes of five
   * seconds, which happens on a busy machine.
   */
  readonly refused: RefusalReason[];
}

const announceEveryMs = 5_000;
const joiningMax = 40;

/**
 * A viewer that reports, comes back as the protocol says, and wants no peers: two thousand of them
 * are no load worth speaking of.
 */
class PlainViewer {
  readonly #session = newSession();
  readonly #unanswered = new Map<number, number>();
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #announcing: NodeJS.Timeout | undefined;
  #nextNumber = 0;
  #failures = 0;
  #isEnded = false;
  isJoined = false;

  constructor(
    private readonly url: string,
    private readonly sums: PlainSums,
  ) {}

  get unanswered(): number {
    return this.#unanswered.size;
  }

  get announced(): number {
    return this.#nextNumber;
  }

  connect(): void {
    this.isJoined = false;
    const socket = new WebSocket(this.url, subprotocol, { perMessageDeflate: false });
    this.#socket = socket;
    let wasOpen = false;
    socket.on('open', () => {
      wasOpen = true;
      this.#send({ type: 'hello', stream: 'arena-main', session: this.#session });
    });
    socket.on('message', (data: Buffer) => {
      if (this.#socket === socket) this.#take(JSON.parse(data.toString()) as ServerMessage);
    });
    let failure = 'closed';
    socket.on('error', ({ message }) => (failure = message));
    socket.on('close', (code) => {
      if (this.#socket !== socket || this.#isEnded) return;
      if (wasOpen) this.sums.lost += 1;
      else this.sums.failed.push(failure);
      this.isJoined = false;
      const rule = comingBackAfter(code);
      if (rule === undefined) return;
      const delayMs = comingBackDelayMs(rule, this.#failures, Math.random, 0);
      this.#failures += 1;
      this.#timer = setTimeout(() => this.connect(), delayMs);
    });
  }

  announce(): void {
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => this.announce(), announceEveryMs);
    this.#unanswered.set(this.#nextNumber, Date.now());
    this.#nextNumber += 1;
    if (this.isJoined) this.#sendAnnounces([[this.#nextNumber - 1, Date.now()]]);
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#announcing);
    this.#socket?.terminate();
  }

  /** Reports no more, and asks for answers that would wait for its next report. */
  quiet(): void {
    clearTimeout(this.#announcing);
    if (this.isJoined) this.#sendAnnounces([]);
  }

  #take(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.#failures = 0;
      this.isJoined = true;
      if (this.#unanswered.size > 0) this.#sendAnnounces([...this.#unanswered]);
      if (this.#nextNumber === 0) this.announce();
    } else if (message.type === 'acknowledged') {
      for (const number of message.numbers) this.#unanswered.delete(number);
    } else if (message.type === 'refused') {
      for (const number of message.numbers) this.#unanswered.delete(number);
      if (message.reason === 'too_old' || message.reason === 'late') return;
      this.sums.refused.push(...message.numbers.map(() => message.reason));
    } else if (message.type === 'error') this.sums.errors += 1;
    else if (message.type === 'reconnect') {
      this.#timer = setTimeout(() => this.#move(), message.afterMs);
    }
  }

  #move(): void {
    const former = this.#socket;
    if (former?.readyState === WebSocket.OPEN) this.sums.moved += 1;
    this.connect();
    former?.close();
  }

  #sendAnnounces(announces: readonly (readonly [number: number, time: number])[]): void {
    this.#send({
      type: 'announce',
      announces: announces.map(([number, time]) => ({ number, time })),
      peersWanted: 0,
    });
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

/** Many plain viewers of one URL. */
export class PlainViewers {
  readonly sums: PlainSums = { moved: 0, lost: 0, failed: [], errors: 0, refused: [] };
  readonly #viewers: PlainViewer[] = [];

  constructor(private readonly url: string) {}

  get joined(): number {
    return this.#viewers.filter(({ isJoined }) => isJoined).length;
  }

  get unanswered(): number {
    return this.#viewers.reduce((sum, { unanswered }) => sum + unanswered, 0);
  }

  get announced(): number {
    return this.#viewers.reduce((sum, { announced }) => sum + announced, 0);
  }

  /** Resolves when so many more have joined, some at a time. */
  async add(count: number): Promise<void> {
    for (let done = 0; done < count; done += joiningMax) {
      const some = Array.from(
        { length: Math.min(joiningMax, count - done) },
        () => new PlainViewer(this.url, this.sums),
      );
      this.#viewers.push(...some);
      for (const viewer of some) viewer.connect();
      await until(() => some.every(({ isJoined }) => isJoined), 'some have joined');
    }
  }

  allJoined(): Promise<void> {
    return until(() => this.#viewers.every(({ isJoined }) => isJoined), 'all have joined');
  }

  /** Ends all but so many. */
  keep(count: number): void {
    for (const viewer of this.#viewers.splice(count)) viewer.end();
  }

  /**
   * Resolves when no report of theirs is without an answer, and they make no more; at once where
   * one was put off, which `sums` tell.
   */
  async settle(): Promise<void> {
    for (const viewer of this.#viewers) viewer.quiet();
    await until(
      () => this.unanswered === 0 || this.sums.errors > 0,
      'all reports are acknowledged or refused',
    );
  }
}
