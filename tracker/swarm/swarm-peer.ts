import type { Introductions } from './introductions.js';
import { nowhere, type Network } from './network.js';

/** What a dialect says of a peer that plays there: others are told the same until it goes on. */
export interface ToldText {
  readonly segment: number;
  readonly quality: string;
  readonly text: string;
}

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
  /** It rejected an offer: until then others are told of it only where there is nobody else. */
  busyUntilMs = 0;
  /** Whom it was told of lately, or who of it; undefined until somebody is. */
  introductions: Introductions<SwarmPeer> | undefined;
  /** The last sample that looked at it. */
  sampledIn = 0;
  /** True: others may be told of it. */
  isSuitable = false;
  /** How others were told of it last. */
  told: ToldText | undefined;

  constructor(
    readonly id: string,
    readonly network: Network = nowhere,
    /** The tracker's instance that has it; '' is this one. */
    readonly instance = '',
    /** True: it is there to give, and watches nothing. Of a peer elsewhere it isn't known. */
    readonly isSeeder = false,
  ) {}

  /** True: it wants others, or is there for them. */
  get isWilling(): boolean {
    return this.wantsPeers || this.isSeeder;
  }
}
