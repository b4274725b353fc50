import { portalLimits } from '../limits.js';
import type { LiveFigures, NowFigures } from './live-figures.js';

/** Who is told of each new minute. */
export interface LiveClient {
  /** Whose it is. */
  readonly actor: string;
  readonly dataOf: (figures: NowFigures) => string;
  readonly write: (text: string) => void;
  /** True: it hasn't taken yet what was written before. */
  readonly isBehind: () => boolean;
  /** False: its session is over, or it may no more. Asked before each `dataOf`. */
  readonly isStillIn: () => boolean;
  readonly end: () => void;
}

interface Told {
  data: string;
  writtenAtMs: number;
}

/**
 * Tells all clients of the latest figures: one look at Graphite for all of them, as long as there
 * is any. A client is told again when something is new to it.
 */
export class LiveFeed {
  readonly #clients = new Map<LiveClient, Told>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(private readonly live: Pick<LiveFigures, 'now'>) {}

  /** False: there are as many as may be, of all or of its actor. */
  add(client: LiveClient): boolean {
    const { liveClientsMax, liveClientsPerActorMax } = portalLimits;
    if (this.#clients.size >= liveClientsMax) return false;
    const own = [...this.#clients.keys()].filter(({ actor }) => actor === client.actor);
    if (own.length >= liveClientsPerActorMax) return false;
    this.#clients.set(client, { data: '', writtenAtMs: performance.now() });
    this.#timer ??= setInterval(() => void this.#look(), portalLimits.liveEveryMs);
    setImmediate(() => void this.#look());
    return true;
  }

  remove(client: LiveClient): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends all of them. */
  close(): void {
    for (const client of [...this.#clients.keys()]) this.#end(client);
  }

  #end(client: LiveClient): void {
    client.end();
    this.remove(client);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) {
      // Graphite takes its time; connections are kept, and ended, meanwhile.
      this.#tellAll(undefined);
      return;
    }
    this.#isLooking = true;
    try {
      // While Graphite is away nothing is new; that figures stand is told once it is back.
      this.#tellAll(await this.live.now().catch(() => undefined));
    } finally {
      this.#isLooking = false;
    }
  }

  #tellAll(figures: NowFigures | undefined): void {
    for (const [client, told] of [...this.#clients]) this.#tell(client, told, figures);
  }

  #tell(client: LiveClient, told: Told, figures: NowFigures | undefined): void {
    if (!client.isStillIn()) {
      this.#end(client);
      return;
    }
    const data = figures === undefined ? told.data : client.dataOf(figures);
    const nowMs = performance.now();
    const isDue = nowMs - told.writtenAtMs >= portalLimits.heartbeatMs;
    if (data === told.data && !isDue) return;
    // Who doesn't read for a whole heartbeat is gone, or would be told ever later.
    if (client.isBehind() && isDue) {
      this.#end(client);
      return;
    }
    if (!this.#clients.has(client) || client.isBehind()) return;
    client.write(data === told.data ? ':\n\n' : `event: now\ndata: ${data}\n\n`);
    told.data = data;
    told.writtenAtMs = nowMs;
  }
}
