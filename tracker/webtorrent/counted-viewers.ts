import type { ClusterSettings, RegisteredStream } from '../../registry/index.js';
import { parseSessionId, reported, sessionBytes, type Browser } from '../../schemas/index.js';
import { reportOf } from '../announces/report.js';
import { Reports, type ReportAnswers, type ReportParts } from '../announces/reports.js';
import type { SessionBudgets } from '../announces/session-budgets.js';
import type { Platform } from '../facets/platform.js';
import type { HeldFacets, SessionFacets, StreamLabels } from '../facets/session-facets.js';
import type { HoldbackGroup } from '../policy/session-policy.js';
import type { Network } from '../swarm/network.js';
import { plainSessionOf } from './plain-session.js';

export interface CountedViewersParts {
  readonly cluster: ClusterSettings;
  readonly announces: ReportParts['queue'];
  readonly metrics: ReportParts['metrics'];
  readonly budgets: SessionBudgets;
  readonly facets: SessionFacets;
  readonly labelsOf: (stream: string) => StreamLabels;
  readonly announceIntervalMs: number;
  readonly partitionOf: (stream: string, session: Uint8Array, partitions: number) => number;
  /** Viewers that are remembered by the peer_ids that they had. */
  readonly namesMax: number;
}

/** What a socket says of its viewer. */
export interface ViewerNames {
  /** The first one that the socket has for the stream. */
  readonly peerId: string;
  /** That its URL names, as it is there; undefined: none. */
  readonly session: string | undefined;
  /** By which its page is known, on any tracker; undefined: the peer_id stands for it. */
  readonly viewer: string | undefined;
  /** The block of its address: peers know a peer_id too, but are elsewhere. */
  readonly address: string;
}

/** Where a viewer comes from. */
export interface ViewerOrigin extends Platform {
  readonly browser: Browser;
  readonly network: Network;
  /** The block of its address. */
  readonly address: string;
}

/** A client as it announces first: a seeder is one that has all there is from the beginning. */
export interface FirstSeen extends ViewerNames {
  readonly isSeeder: boolean;
}

/** A viewer of one stream that speaks for itself to nobody but other players. */
interface Viewer {
  readonly session: Buffer;
  /** Of stream and session. */
  readonly key: string;
  readonly origin: ViewerOrigin;
  /** For good: who watches, and has all of it in the end, is a viewer. */
  readonly role: 'viewer' | 'seeder';
  /** While a socket has it. */
  reports: Reports | undefined;
  facets: HeldFacets | undefined;
  sockets: number;
  /** The announce interval, counted from 1970, in which it was announced last. */
  latestInterval: number;
}

/** A viewer on one socket. */
export interface HeldViewer {
  /** Its client is here, maybe under another peer_id: it changes with the rendition. */
  seen(peerId: string): void;
  /**
   * Announces it, once an interval; `quality` is what its swarm stands for, empty: unknown.
   * `group`: of the session, where the stream holds some back.
   */
  announce(
    stream: RegisteredStream,
    quality: string,
    group: HoldbackGroup | undefined,
    nowMs: number,
  ): void;
  release(nowMs: number): void;
}

/** So that numbers of two trackers, and of a viewer that came back, are alike. */
const numberEveryMs = 5_000;

/** There is nobody to tell, and what isn't taken is made up for by the next interval's announce. */
const untold: ReportAnswers = {
  acknowledged: () => undefined,
  refused: () => undefined,
  putOff: () => undefined,
  settled: () => undefined,
};

/**
 * Announces for players that report nothing by themselves, where the stream asks for it. A viewer
 * is the session that its socket's URL names, else the first peer_id that its socket has for the
 * stream; the others that follow on it are the same viewer, also when they come back on another
 * socket from the same address. Pure: the clock is passed in.
 */
export class CountedViewers {
  /** By stream and what names them there, those that were seen longest ago first. */
  readonly #byName = new Map<string, Viewer>();
  #count = 0;

  constructor(private readonly parts: CountedViewersParts) {}

  /** Viewers that a socket has. */
  get count(): number {
    return this.#count;
  }

  /** The session of a socket's viewer in the stream: 16 bytes. */
  sessionOf(stream: string, first: FirstSeen): Buffer {
    const named = parseSessionId(first.session ?? '');
    if (named !== undefined) return sessionBytes(named);
    const { viewer, peerId, isSeeder } = first;
    const known = this.#find(stream, first);
    return known?.session ?? plainSessionOf(stream, viewer ?? peerId, isSeeder);
  }

  /** Whether it is there to give: who was a viewer before stays one. */
  isSeeder(stream: string, first: FirstSeen): boolean {
    const known = this.#find(stream, first);
    return known === undefined ? first.isSeeder : known.role === 'seeder';
  }

  /** The viewer behind a socket in the stream; to be released with its socket. */
  hold(stream: string, first: FirstSeen, origin: ViewerOrigin, nowMs: number): HeldViewer {
    const named = parseSessionId(first.session ?? '');
    const viewer =
      this.#find(stream, first) ?? newViewer(stream, this.sessionOf(stream, first), first, origin);
    this.#remember(nameOf(stream, first, viewer.role), viewer);
    viewer.sockets += 1;
    if (viewer.sockets === 1) {
      this.#count += 1;
      viewer.reports = this.#reports(stream, viewer, nowMs);
    }
    return {
      seen: (peerId) => {
        if (named !== undefined) return;
        const other = { ...first, viewer: undefined, peerId };
        this.#remember(nameOf(stream, other, viewer.role), viewer);
      },
      announce: (registered, quality, group, atMs) =>
        this.#announce(viewer, registered, { quality, group }, atMs),
      release: (atMs) => this.#release(viewer, atMs),
    };
  }

  /** Who says to be a seeder may be a viewer that is known; who doesn't is no known seeder. */
  #find(stream: string, first: FirstSeen): Viewer | undefined {
    const viewer = this.#byName.get(nameOf(stream, first, 'viewer'));
    if (viewer !== undefined || !first.isSeeder) return viewer;
    return this.#byName.get(nameOf(stream, first, 'seeder'));
  }

  #remember(name: string, viewer: Viewer): void {
    // Whose it is stays so: another socket can't make it its own.
    const known = this.#byName.get(name) ?? viewer;
    this.#byName.delete(name);
    this.#byName.set(name, known);
    for (const oldest of this.#byName.keys()) {
      if (this.#byName.size <= this.parts.namesMax) break;
      this.#byName.delete(oldest);
    }
  }

  #reports(stream: string, viewer: Viewer, nowMs: number): Reports {
    const { session, key, origin, role } = viewer;
    const { announces, cluster, metrics, budgets, partitionOf } = this.parts;
    viewer.facets = this.parts.facets.hold({
      ...origin,
      player: 'unknown',
      labels: undefined,
      streamLabels: this.parts.labelsOf(stream),
    });
    return new Reports(
      { queue: announces, times: cluster, metrics },
      {
        stream,
        session,
        browser: origin.browser,
        role,
        facets: viewer.facets.values,
        viewer: null,
        partition: partitionOf(stream, session, cluster.partitions),
        budget: budgets.hold(key, origin.address, nowMs),
      },
      untold,
    );
  }

  #announce(
    viewer: Viewer,
    stream: RegisteredStream,
    { quality, group }: { readonly quality: string; readonly group: HoldbackGroup | undefined },
    nowMs: number,
  ): void {
    const interval = Math.floor(nowMs / this.parts.announceIntervalMs);
    // One before it is of a clock that was set back.
    if (interval === viewer.latestInterval) return;
    viewer.latestInterval = interval;
    const number = Math.floor(nowMs / numberEveryMs);
    const words = { quality, state: 'unknown', failure: 'none', toldReason: undefined } as const;
    const report = reportOf(reported({}), number, nowMs, words);
    const told = { reports: [report], implausible: [], tooMany: [] };
    viewer.reports?.tellFacets(this.parts.facets.withGroup(viewer.facets?.values ?? [], group));
    viewer.reports?.add(told, stream, undefined, nowMs);
  }

  #release(viewer: Viewer, nowMs: number): void {
    viewer.sockets -= 1;
    if (viewer.sockets > 0) return;
    this.#count -= 1;
    viewer.reports = undefined;
    viewer.facets?.release();
    viewer.facets = undefined;
    this.parts.budgets.release(viewer.key, viewer.origin.address, nowMs);
  }
}

function newViewer(
  stream: string,
  session: Buffer,
  { isSeeder }: FirstSeen,
  origin: ViewerOrigin,
): Viewer {
  const key = `${stream} ${session.toString('base64url')}`;
  return {
    session,
    key,
    origin,
    role: isSeeder ? 'seeder' : 'viewer',
    reports: undefined,
    facets: undefined,
    sockets: 0,
    latestInterval: 0,
  };
}

/**
 * Its page alone knows a session and a viewer's id. A peer_id stands for whoever comes from the
 * address with it, and not for a seeder where nobody said so.
 */
function nameOf(stream: string, names: ViewerNames, role: Viewer['role']): string {
  const { session, viewer, address, peerId } = names;
  const own = parseSessionId(session ?? '') ?? viewer;
  return own === undefined ? `${stream} ${role} ${address} ${peerId}` : `${stream} ${own}`;
}
