import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { SessionId } from '../../schemas/index.js';
import { RawViewer, type Welcome } from './raw-viewer.js';
import type { Tally } from './tally.js';

/** Something that a hostile viewer does, for as long as it is let. */
export interface Attack {
  readonly name: string;
  readonly what: string;
  /** Series of the trackers that must move, without `viblast_tracker_`: by these it is seen. */
  readonly namedBy: readonly string[];
  /** How long it takes until it can be seen; a shorter run leaves it out. */
  readonly secondsMin?: number;
  /** True: from an address of its own, since the others would have no socket beside it. */
  readonly isElsewhere?: boolean;
  readonly run: (attacker: Attacker) => Promise<void>;
}

/** A viewer that is in, and what it was told there. */
export interface Joined {
  readonly viewer: RawViewer;
  readonly welcome: Welcome;
}

export interface AttackerOptions {
  /** Ways to the trackers, by turns. */
  readonly urls: readonly string[];
  readonly stream: string;
  /** A stream that asks for a token. */
  readonly lockedStream: string;
  /** Where it comes from. */
  readonly address: string;
  /** Ordinary viewers of the stream. */
  readonly victims: readonly string[];
  /** A new session, of the one partition that the attackers chose. */
  readonly newSession: () => SessionId;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** What attacks share: sockets of the one address, that are gone when it is over. */
export class Attacker {
  readonly #open = new Set<RawViewer>();
  #turns = 0;

  constructor(readonly options: AttackerOptions) {
    options.signal.addEventListener('abort', () => {
      for (const viewer of this.#open) viewer.end();
    });
  }

  get url(): string {
    this.#turns += 1;
    const { urls } = this.options;
    const url = urls[this.#turns % urls.length];
    if (url === undefined) throw new Error('there is no way to a tracker');
    return url;
  }

  newSession(): SessionId {
    return this.options.newSession();
  }

  async open(subprotocols?: readonly string[], path = ''): Promise<RawViewer | undefined> {
    const { tally, signal, address } = this.options;
    const where = { url: `${this.url}${path}`, localAddress: address };
    const viewer = await RawViewer.open(
      subprotocols === undefined ? where : { ...where, subprotocols },
      tally,
    );
    if (viewer === undefined) return undefined;
    this.#open.add(viewer);
    void viewer.closed.then(() => this.#open.delete(viewer));
    if (signal.aborted) viewer.end();
    return viewer;
  }

  /** A socket of the session that is in; undefined when it isn't let in. */
  async join(session: SessionId, told: object = {}): Promise<Joined | undefined> {
    const viewer = await this.open();
    const welcome = await viewer?.join(this.options.stream, session, told);
    return viewer === undefined || welcome === undefined ? undefined : { viewer, welcome };
  }

  /** Over and over, until it ends; a step that fails is followed by the next. */
  async repeat(step: () => Promise<void>, pauseMs = 0): Promise<void> {
    const { signal, tally } = this.options;
    while (!signal.aborted) {
      await step().catch(() => tally.add('failed steps'));
      await (pauseMs === 0 ? turn() : this.wait(pauseMs));
    }
  }

  /** Over and over on a socket that is in, and on the next one when it is closed. */
  async repeatJoined(
    step: (joined: Joined) => Promise<void>,
    pauseMs = 0,
    session: () => SessionId = () => this.newSession(),
  ): Promise<void> {
    await this.repeat(async () => {
      const joined = await this.join(session());
      if (joined === undefined) {
        await this.wait(refusedPauseMs);
        return;
      }
      while (joined.viewer.isOpen && !this.options.signal.aborted) {
        await step(joined);
        await (pauseMs === 0 ? turn() : this.wait(pauseMs));
      }
      joined.viewer.end();
    });
  }

  /** Over and over on a socket that is in: as much at once as no socket may send. */
  async flood(send: (viewer: RawViewer) => Promise<void>): Promise<void> {
    await this.repeatJoined(async ({ viewer }) => {
      // On a busy machine a turn takes long enough for one message each to be allowed.
      for (let sent = 0; sent < floodMessages; sent += 1) await send(viewer);
    });
  }

  async wait(durationMs: number): Promise<void> {
    await wait(durationMs, undefined, { signal: this.options.signal }).catch(() => undefined);
  }
}

const refusedPauseMs = 100;
const floodMessages = 100;
