import { announceLimits } from '../../schemas/index.js';

/**
 * The rules of docs/protocol.md#qualities a second time, by hand: what is judged by them has them
 * from schemas/qualities.ts.
 */

/** Up to so many lines, of those that aren't told by a nearer name. */
const namesByLinesMax: readonly (readonly [linesMax: number, name: string])[] = [
  [192, '144p'],
  [255, '240p'],
  [279, '270p'],
  [324, '288p'],
  [378, '360p'],
  [414, '396p'],
  [456, '432p'],
  [510, '480p'],
  [558, '540p'],
  [648, '576p'],
  [810, '720p'],
  [990, '900p'],
  [1_260, '1080p'],
  [1_800, '1440p'],
  [3_240, '2160p'],
  [5_000, '4320p'],
];

const uprightNames: Readonly<Record<string, number>> = {
  '640': 360,
  '852': 480,
  '853': 480,
  '854': 480,
  '960': 540,
  '1024': 576,
  '1280': 720,
  '1920': 1080,
  '2560': 1440,
  '3840': 2160,
  '7680': 4320,
};

const ofUsualName = /=(144|240|270|288|360|396|432|480|540|576|720|900|1080|1440|2160|4320)p$/;

/** ASCII letters alone. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function linesTold(quality: string): number {
  let text = lowerCase(quality).replace(/^ +| +$/g, '');
  if (text.startsWith('4k')) text = `2160p${text.slice(2)}`;
  else if (text.startsWith('8k')) text = `4320p${text.slice(2)}`;
  else if (text.startsWith('uhd')) text = `2160p${text.slice(3)}`;
  const [sides = '', width = '', height] = /^(\d+)(?: ?[x×*] ?(\d+))?/.exec(text) ?? [];
  const behind = text.slice(sides.length);
  const isRate = /^( ?[pi] ?@? ?| ?@ ?| )\d{1,3}(\.\d{1,3})?( ?fps)?$/.test(behind);
  if (!isRate && !/^( ?[pi])?$/.test(behind)) return 0;
  const isSide = (side: string): boolean => /^[1-9]\d{1,4}$/.test(side);
  if (!isSide(width)) return 0;
  if (height === undefined) return uprightNames[width] ?? Number(width);
  if (!isSide(height)) return 0;
  const [shorter = 0, longer = 0] = [Number(width), Number(height)].sort((a, b) => a - b);
  return Math.max(shorter, Math.floor((longer * 9 + 8) / 16));
}

function usualName(quality: string): string {
  const lines = linesTold(quality);
  if (lines < 100) return 'other';
  return namesByLinesMax.find(([linesMax]) => lines <= linesMax)?.[1] ?? 'other';
}

const markNames = ['full hd', 'fullhd', 'fhd', 'qhd', 'uhd', 'hd', 'sd'];
const marksBefore = [...markNames, '4k', '8k'];
const marksInBrackets = [...marksBefore, 'hdr'];
const marksBehind = [...markNames, 'hdr10+', 'hdr10', 'hdr', 'sdr', 'dolby vision'];

/** What stands around a height or a size taken away, one after the other, capitals kept. */
const undecorations: readonly ((text: string, low: string) => string)[] = [
  (text, low) => {
    const opening = ['auto (', 'auto('].find((one) => low.startsWith(one));
    const isWhole = opening !== undefined && low.endsWith(')') && !/[\n\r\u2028\u2029]/.test(low);
    return isWhole ? text.slice(opening.length, -1) : text;
  },
  (text, low) => (['full hd', 'fullhd', 'fhd'].includes(low) ? '1080p' : text),
  (text, low) => {
    const starts = marksBefore.flatMap((mark) => [`${mark} `, mark]);
    const start = starts.find((one) => low.startsWith(one) && /^\d{3}/.test(low.slice(one.length)));
    return text.slice(start?.length ?? 0);
  },
  (text, low) =>
    withoutEnd(
      text,
      low,
      marksInBrackets.flatMap((mark) => [` (${mark})`, `(${mark})`]),
    ),
  (text, low) =>
    withoutEnd(
      text,
      low,
      marksBehind.map((mark) => ` ${mark}`),
    ),
  (text, low) => {
    const rate = /( ?@ ?| )\d{1,6}(\.\d{1,3})? ?[km](bps|bit\/s)?$/.exec(low)?.[0] ?? '';
    return text.slice(0, text.length - rate.length);
  },
  (text) => (/^\d+\.0+$/.test(text) ? (text.split('.')[0] ?? '') : text),
];

function withoutEnd(text: string, low: string, ends: readonly string[]): string {
  const end = ends.find((one) => low.endsWith(one)) ?? '';
  return text.slice(0, text.length - end.length);
}

function undecorated(quality: string): string {
  return undecorations.reduce((text, step) => step(text, lowerCase(text)).trim(), quality);
}

function knownQuality(told: string, renditions: readonly string[]): string | undefined {
  const text = told.trim();
  if (renditions.length === 0) {
    const name = usualName(text);
    return name === 'other' ? undefined : name;
  }
  const toldName = (rendition: string): string => rendition.replace(ofUsualName, '');
  const listedAs = (name: string): string | undefined =>
    renditions.find((one) => one === name) ?? renditions.find((one) => toldName(one) === name);
  return (
    listedAs(told) ??
    listedAs(text) ??
    renditions.find((one) => same(toldName(one).trim(), text)) ??
    (linesTold(text) > 0 ? listedAs(`${linesTold(text)}p`) : undefined)
  );
}

/** The quality that an announce counts under, by what its viewer told. */
export function plainQuality(told: string | undefined, renditions: readonly string[]): string {
  const text = (told ?? '').trim();
  if (told === undefined || text === '' || told === 'unknown') return 'unknown';
  if (text.length > announceLimits.qualityLengthMax) return 'other';
  const known = knownQuality(told, renditions) ?? knownQuality(undecorated(text), renditions);
  return known ?? (same(text, 'unknown') ? 'unknown' : 'other');
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What a stream's quality counts as over all streams. */
export function plainQualityOverAll(quality: string): string {
  const [, height] = ofUsualName.exec(`=${quality}`) ?? [];
  return height === undefined ? usualName(quality) : `${height}p`;
}
