import type { Introductions } from './introductions.js';
import { nowhere, type Network } from './network.js';

/** What a dialect says of a peer that plays there: others are told the same until it goes on. */
export interface ToldText {
  readonly segment: number;
  readonly quality: string;
  readonly text: string;
}

/** Who rejected an offer has no room for so long at the least … */
export const busyMs = 30_000;
/** … and for so long at the most, while it has as many connections as it had then. */
const fullMs = 300_000;

/** A viewer as others may be told of it. */
export class SwarmPeer {
  /** Segment at its playhead; -1 where not told. */
  segment = -1;
  quality = 'unknown';
  /**
   * Connections that it last said it has, and each introduction since then as one. Of a peer
   * elsewhere the latter alone, of which half are forgotten whenever it is told of again, or as
   * many as its place among those told lets expect.
   */
  connections = 0;
  /** False: it asked for no peers when it last announced. */
  wantsPeers = true;
  /** Connections that it last said it has; 0 where not told. */
  connectionsTold = 0;
  /** It rejected an offer: until then others are told of it only where there is nobody else. */
  busyUntilMs = 0;
  /** True: it was busy when that was last looked at. */
  isBusy = false;
  /** Whom it was told of lately, or who of it; undefined until somebody is. */
  introductions: Introductions<SwarmPeer> | undefined;
  /** The last sample that looked at it. */
  sampledIn = 0;
  /** True: others may be told of it. */
  isSuitable = false;
  /** True: it is suitable and not busy, and stands where such peers are looked for. */
  isOpen = false;
  /** How others were told of it last. */
  told: ToldText | undefined;
  /** The most connections that it has told of since it rejected an offer. */
  #connectionsMax = 0;
  #rejectedAtMs = 0;

  constructor(
    readonly id: string,
    readonly network: Network = nowhere,
    /** The tracker's instance that has it; '' is this one. */
    readonly instance = '',
    /** True: it is there to give, and watches nothing. Of a peer elsewhere it isn't known. */
    readonly isSeeder = false,
  ) {}

  /** It says that it has so many connections. */
  updateConnections(connections: number, nowMs: number): void {
    this.connections = connections;
    this.connectionsTold = connections;
    if (this.busyUntilMs > 0) {
      this.#connectionsMax = Math.max(this.#connectionsMax, connections);
      const isFull = connections > 0 && connections === this.#connectionsMax;
      this.busyUntilMs = this.#rejectedAtMs + (isFull ? fullMs : busyMs);
    }
    this.timePasses(nowMs);
  }

  timePasses(nowMs: number): void {
    // It isn't for as long as the clock was set back.
    if (nowMs < this.#rejectedAtMs) this.busyUntilMs = 0;
    this.isBusy = this.busyUntilMs > nowMs;
  }

  /** It rejected an offer. */
  rejected(nowMs: number): void {
    this.#connectionsMax = this.connectionsTold;
    this.#rejectedAtMs = nowMs;
    this.busyUntilMs = nowMs + busyMs;
    this.isBusy = true;
  }

  /** True: it wants others, or is there for them. */
  get isWilling(): boolean {
    return this.wantsPeers || this.isSeeder;
  }
}
