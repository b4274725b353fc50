import { renditionName } from '../../schemas/index.js';

/** A rendition as the model plays it. */
export interface Rendition {
  /** As players tell it. */
  readonly name: string;
  readonly bitrateKbps: number;
}

/** A stream with its share of the audience and what can be played of it. */
export interface StreamProfile {
  readonly key: string;
  readonly weight: number;
  /** As registered; empty: the stream lists none, and the usual heights are told. */
  readonly registeredRenditions: readonly string[];
  /** Lowest bitrate first, at least one. */
  readonly ladder: readonly Rendition[];
}

const usualLadder: readonly Rendition[] = [
  { name: '360p', bitrateKbps: 900 },
  { name: '480p', bitrateKbps: 1_700 },
  { name: '720p', bitrateKbps: 3_300 },
  { name: '1080p', bitrateKbps: 5_800 },
];
const lowestBitrateKbps = 900;
const bitrateStepFactor = 1.9;

function ladderOf(renditions: readonly string[]): readonly Rendition[] {
  if (renditions.length === 0) return usualLadder;
  return renditions.map((rendition, step) => ({
    name: renditionName(rendition),
    bitrateKbps: Math.round(lowestBitrateKbps * bitrateStepFactor ** step),
  }));
}

/**
 * Reads `key[=rendition+rendition…],key…`, renditions from the lowest; the popularity falls with
 * the place (Zipf: the second has half of the first's audience). Undefined when a part is empty or
 * a key comes twice.
 */
export function parseStreams(text: string): readonly StreamProfile[] | undefined {
  const profiles = text.split(',').map((part, place): StreamProfile => {
    const [key = '', list] = part.trim().split(/=(.*)/);
    const registeredRenditions = list === undefined ? [] : list.split('+');
    return {
      key,
      weight: 1 / (place + 1),
      registeredRenditions,
      ladder: ladderOf(registeredRenditions),
    };
  });
  const keys = new Set(profiles.map(({ key }) => key));
  const isComplete = profiles.every(
    (profile) => profile.key !== '' && !profile.registeredRenditions.includes(''),
  );
  return isComplete && keys.size === profiles.length ? profiles : undefined;
}

/** The text that `parseStreams` reads. */
export function streamsText(
  streams: readonly { readonly key: string; readonly renditions: readonly string[] }[],
): string {
  return streams
    .map(({ key, renditions }) =>
      renditions.length === 0 ? key : `${key}=${renditions.join('+')}`,
    )
    .join(',');
}
