import { randomIndex, type Random } from '../../../service/random.js';
import { stepMs, stepsOf, type Scenario } from './scenario.js';

/** A rendition by the quality's name, what it takes, and the share of viewers that play it. */
const renditions = [
  { quality: '360p', mbps: 0.8, share: 0.15 },
  { quality: '480p', mbps: 1.6, share: 0.25 },
  { quality: '720p', mbps: 3.2, share: 0.35 },
  { quality: '1080p', mbps: 6, share: 0.25 },
] as const;
export const renditionCount = renditions.length;

/** Uplinks at home, in Mbit/s, each as frequent as the others. */
const uplinksMbps = [3, 6, 12, 25] as const;
/** As long as the tracker's peer ids. */
const idLength = 22;
/** A viewer looks for peers until so many play what it plays … */
const companionsWanted = 8;
/** … and neither has nor takes more connections than these. */
export const connectionsMax = 16;
/** Segments behind the playhead that a player still holds: a minute. */
const segmentsHeldMax = stepsOf(1);
/** Segments of a video that isn't live. */
const videoSegments = stepsOf(10);
/** How far behind the live edge players are, in segments. */
const liveDelayMin = 1;
const liveDelayMax = 6;
/** In a step: some change to the next better or worse rendition. */
const switchingShare = 1 / 500;
/** Of those that go: what is closed without a word is still in the swarm for a while. */
const vanishingShare = 1 / 10;

/** One viewer of the simulation: what it plays and holds, and whom it is connected to. */
export class Viewer {
  readonly id: string;
  /** Autonomous system that it is in. */
  readonly network: number;
  /** Seconds within a step at which it fetches, as an order among viewers of the same segment. */
  readonly order: number;
  readonly leavesAtStep: number;
  /** True: the tracker isn't told when it goes. */
  readonly vanishes: boolean;
  readonly connections: Viewer[] = [];
  isGone = false;
  rendition: number;
  /** The newest segment that it holds, and the oldest one of the same rendition. */
  segment: number;
  heldFrom: number;
  /** What it may still send in this step. */
  uploadLeftMegabits = 0;
  /** What it sent since it last announced. */
  uploadedMegabits = 0;
  readonly #uplinkMbps: number;

  constructor(
    readonly serial: number,
    readonly stream: string,
    readonly joinedAtStep: number,
    { kind, networks, stayMinutes }: Scenario,
    random: Random,
  ) {
    this.id = String(serial).padStart(idLength, '0');
    this.network = randomIndex(random, networks);
    this.#uplinkMbps = uplinksMbps[randomIndex(random, uplinksMbps.length)] ?? 0;
    this.rendition = someRendition(random);
    this.vanishes = random() < vanishingShare;
    // The time that is left is the same whenever one looks: exponential.
    const staySteps = Math.ceil(-Math.log(1 - random()) * stepsOf(stayMinutes));
    const place = random();
    const delay = liveDelayMin + place * (liveDelayMax - liveDelayMin);
    this.order = kind === 'live' ? delay : place;
    // Segments of a live stream are numbered by the steps in which they came to be.
    const live = joinedAtStep + liveDelayMax - Math.floor(delay);
    this.segment = kind === 'live' ? live : Math.floor(random() * videoSegments);
    this.heldFrom = this.segment + 1;
    const videoEnd = joinedAtStep + videoSegments - this.segment;
    const wouldLeave = joinedAtStep + staySteps;
    this.leavesAtStep = kind === 'live' ? wouldLeave : Math.min(wouldLeave, videoEnd);
  }

  get quality(): string {
    return renditions[this.rendition]?.quality ?? '';
  }

  /** Size of one segment. */
  get segmentMegabits(): number {
    return ((renditions[this.rendition]?.mbps ?? 0) * stepMs) / 1_000;
  }

  get peersWanted(): number {
    const companions = this.connections.filter(({ rendition }) => rendition === this.rendition);
    const room = connectionsMax - this.connections.length;
    return Math.max(0, Math.min(room, companionsWanted - companions.length));
  }

  holds(segment: number): boolean {
    return segment >= this.heldFrom && segment <= this.segment;
  }

  /** Segments that it drops to have room for the next one: none or the oldest. */
  get overdueSegment(): number | undefined {
    return this.segment - this.heldFrom + 1 >= segmentsHeldMax ? this.heldFrom : undefined;
  }

  beginStep(): void {
    this.uploadLeftMegabits = (this.#uplinkMbps * stepMs) / 1_000;
  }

  /** Whether it plays another rendition from now on: what it holds of the old one is no use. */
  switchesRendition(random: Random): boolean {
    if (random() >= switchingShare) return false;
    const next = this.rendition + (random() < 0.5 ? -1 : 1);
    if (next < 0 || next >= renditions.length) return false;
    this.rendition = next;
    return true;
  }

  connect(other: Viewer): void {
    this.connections.push(other);
    other.connections.push(this);
  }

  disconnectAll(): void {
    for (const other of this.connections) {
      other.connections.splice(other.connections.indexOf(this), 1);
    }
    this.connections.length = 0;
  }
}

function someRendition(random: Random): number {
  let left = random();
  for (const [index, { share }] of renditions.entries()) {
    left -= share;
    if (left < 0) return index;
  }
  return renditions.length - 1;
}
