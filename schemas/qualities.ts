import { announceLimits } from './announce-fields.js';

/** Names of qualities (docs/protocol.md#qualities): what was told, and over all streams. */

const usualHeights = [
  144, 240, 270, 288, 360, 396, 432, 480, 540, 576, 720, 900, 1080, 1440, 2160, 4320,
];

/** Names of qualities for streams that list no renditions, and over all streams. */
export const usualQualities: ReadonlySet<string> = new Set(
  usualHeights.map((height) => `${height}p`),
);

/** Fewer or more lines are no video's: a mistake, or a bitrate told as a height. */
const linesMin = 100;
const linesMax = 5_000;

/** Heights of upright video as it is usually made, which are widths of a usual 16:9 picture. */
const uprightHeights: ReadonlyMap<number, number> = new Map([
  [640, 360],
  [852, 480],
  [853, 480],
  [854, 480],
  [960, 540],
  [1_024, 576],
  [1_280, 720],
  [1_920, 1_080],
  [2_560, 1_440],
  [3_840, 2_160],
  [7_680, 4_320],
]);

const words: ReadonlyMap<string, string> = new Map([
  ['4k', '2160p'],
  ['uhd', '2160p'],
  ['8k', '4320p'],
]);
const word = /^ *(4k|8k|uhd)/i;

/**
 * A height, or width × height, then `p` or `i` and a frame rate. Without the flag `u`, so that `i`
 * is about ASCII letters alone, as ClickHouse's `lower` is.
 */
const picture =
  /^ *([1-9]\d{1,4})(?: ?[x×*] ?([1-9]\d{1,4}))?(?: ?[pi]|(?: ?[pi] ?@? ?| ?@ ?| )\d{1,3}(?:\.\d{1,3})?(?: ?fps)?)? *$/i;

/** How many lines a landscape 16:9 picture of that size has; undefined where none is told. */
function linesOf(text: string): number | undefined {
  const spelled = text.replace(word, (_, found: string) => words.get(found.toLowerCase()) ?? found);
  const match = picture.exec(spelled);
  if (match === null) return undefined;
  const first = Number(match[1]);
  if (match[2] === undefined) return uprightHeights.get(first) ?? first;
  const second = Number(match[2]);
  const [shorter, longer] = [Math.min(first, second), Math.max(first, second)];
  return Math.max(shorter, Math.round((longer * 9) / 16));
}

/** What players write around a height or a size, and says nothing of it. */
const decorations: readonly (readonly [RegExp, string])[] = [
  [/^auto ?\((.*)\)$/i, '$1'],
  [/^(?:full ?hd|fhd)$/i, '1080p'],
  [/^(?:full ?hd|[fqu]?hd|sd|[48]k) ?(?=\d{3})/i, ''],
  [/ ?\((?:full ?hd|[fqu]?hd|sd|hdr|[48]k)\)$/i, ''],
  [/ (?:full ?hd|[fqu]?hd|sd|hdr(?:10\+?)?|sdr|dolby vision)$/i, ''],
  [/(?: ?@ ?| )\d{1,6}(?:\.\d{1,3})? ?[km](?:bps|bit\/s)?$/i, ''],
  [/^(\d+)\.0+$/, '$1'],
];

function undecorated(text: string): string {
  return decorations.reduce((rest, [pattern, by]) => rest.replace(pattern, by).trim(), text);
}

function usualQualityOf(text: string): string | undefined {
  if (usualQualities.has(text)) return text;
  const lines = linesOf(text);
  if (lines === undefined || lines < linesMin || lines > linesMax) return undefined;
  const nearest = usualHeights.reduce((best, height) =>
    Math.abs(height - lines) < Math.abs(best - lines) ? height : best,
  );
  return `${nearest}p`;
}

/** The name that players tell of a rendition: what stands before `=720p`, if that's there. */
export function renditionName(rendition: string): string {
  const end = rendition.lastIndexOf('=');
  const hasUsual = end !== -1 && usualQualities.has(rendition.slice(end + 1));
  return hasUsual ? rendition.slice(0, end) : rendition;
}

interface ListedNames {
  /** Renditions by what is listed, and by their names. */
  readonly exact: ReadonlyMap<string, string>;
  readonly inLowerCase: ReadonlyMap<string, string>;
}

/** By the registry's list, which is another one after each change. */
const listed = new WeakMap<readonly string[], ListedNames>();

function listedNames(renditions: readonly string[]): ListedNames {
  let names = listed.get(renditions);
  if (names === undefined) {
    // Of two that would have the same name the first one has it.
    const reversed = renditions.toReversed();
    const whole = reversed.map((rendition) => [rendition, rendition] as const);
    const named = reversed.map((rendition) => [renditionName(rendition), rendition] as const);
    const inLowerCase = named.map(
      ([name, rendition]) => [name.trim().toLowerCase(), rendition] as const,
    );
    names = { exact: new Map([...named, ...whole]), inLowerCase: new Map(inLowerCase) };
    listed.set(renditions, names);
  }
  return names;
}

function listedRendition(told: string, renditions: readonly string[]): string | undefined {
  const { exact, inLowerCase } = listedNames(renditions);
  const text = told.trim();
  const present = exact.get(told) ?? exact.get(text) ?? inLowerCase.get(text.toLowerCase());
  if (present !== undefined) return present;
  // `1080`, `1920x1080` and `1080p60` all say `1080p`; what is merely near isn't what is listed.
  const lines = linesOf(text);
  return lines === undefined ? undefined : exact.get(`${lines}p`);
}

/**
 * The quality under which an announce counts: one of the stream's renditions as it is listed, or
 * the nearest usual name where it lists none; 'other' for anything else, 'unknown' where nothing
 * was told.
 */
export function qualityOf(told: unknown, renditions: readonly string[]): string {
  if (typeof told === 'number' && Number.isFinite(told)) {
    return qualityOf(String(Math.round(told)), renditions);
  }
  if (typeof told !== 'string' || told === 'unknown') return 'unknown';
  const text = told.trim();
  if (text === '') return 'unknown';
  if (text.length > announceLimits.qualityLengthMax) return 'other';
  const known = knownQuality(told, renditions) ?? knownQuality(undecorated(text), renditions);
  if (known !== undefined) return known;
  return text.toLowerCase() === 'unknown' ? 'unknown' : 'other';
}

function knownQuality(text: string, renditions: readonly string[]): string | undefined {
  return renditions.length > 0 ? listedRendition(text, renditions) : usualQualityOf(text.trim());
}

/**
 * A stream's quality as it counts over all streams: the usual name that its rendition gives, else
 * the nearest one, else 'other'. Of the text alone, so that every count has the same.
 */
export function qualityOverAllStreams(quality: string): string {
  const given = quality.slice(quality.lastIndexOf('=') + 1);
  return usualQualities.has(given) ? given : (usualQualityOf(quality) ?? 'other');
}
