import type { CapacityBenchOptions } from './options.js';

/** Simulated viewers that one process has. */
export interface PlannedAudience {
  readonly way: 'straight' | 'haproxy';
  readonly viewers: number;
  /** Its own: peers of a swarm are in one process, which knows who of them is there. */
  readonly streams: readonly string[];
}

/** In how many processes everything has to be. */
export interface CapacityPlan {
  readonly trackers: number;
  /** The setting `sockets_max` of each tracker. */
  readonly socketsMax: number;
  readonly haproxies: number;
  readonly audiences: readonly PlannedAudience[];
}

/** Files that a process has open beside its viewers': Kafka, the admin port, its program. */
const ownFiles = 500;
/** A viewer is two sockets of HAProxy, and a reload needs room for two workers' worth. */
const haproxyFilesPerViewer = 3;
/** The way in that has no single point of failure. */
const haproxiesMin = 2;
/** Viewers choose a tracker by turns, HAProxy by its own count: the fullest has a little more. */
const unevenness = 1.05;
/** The mean: the least popular of a hundred streams has a fifth of it, and is never without any. */
const viewersPerStreamMin = 100;
/** Ports that Linux gives to connections from one address to another address's port. */
const portsPerPair = 28_000;

/**
 * As few processes as the bound of open files, and that of ports between two addresses, allow.
 * Throws when there are fewer streams than processes of viewers.
 */
export function planCapacity(
  options: Pick<CapacityBenchOptions, 'viewers' | 'throughHaproxy' | 'streams'>,
  openFilesMax: number,
): CapacityPlan {
  const { viewers, throughHaproxy, streams } = options;
  const socketsMax = Math.min(openFilesMax - ownFiles, portsPerPair);
  const shares = [
    ...evenShares(viewers - throughHaproxy, socketsMax, 'straight'),
    ...evenShares(throughHaproxy, socketsMax, 'haproxy'),
  ];
  if (streams < shares.length) {
    throw new RangeError(`${shares.length} processes of viewers need a stream each at least`);
  }
  const haproxyViewersMax = Math.floor((openFilesMax - ownFiles) / haproxyFilesPerViewer);
  return {
    trackers: Math.ceil((viewers * unevenness) / socketsMax),
    socketsMax,
    haproxies:
      throughHaproxy === 0
        ? 0
        : Math.max(haproxiesMin, Math.ceil(throughHaproxy / haproxyViewersMax)),
    audiences: shares.map((share, place) => ({
      ...share,
      streams: streamsOf(place, shares.length, streams).slice(
        0,
        Math.ceil(share.viewers / viewersPerStreamMin),
      ),
    })),
  };
}

/** As many viewers in each process as in any other, within one. */
function evenShares(
  viewers: number,
  perProcessMax: number,
  way: PlannedAudience['way'],
): Pick<PlannedAudience, 'way' | 'viewers'>[] {
  const processes = Math.ceil(viewers / perProcessMax);
  return Array.from({ length: processes }, (_, place) => ({
    way,
    viewers: Math.floor((viewers + place) / processes),
  }));
}

/** Every stream is one process's; dealt out by turns, the most popular first. */
function streamsOf(place: number, processes: number, streams: number): string[] {
  const names: string[] = [];
  for (let stream = place; stream < streams; stream += processes) {
    names.push(`stream-${stream + 1}`);
  }
  return names;
}
