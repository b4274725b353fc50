import { isFields } from './facet-options.js';
import type { StreamOptions } from './types.js';

/** What a stream is told for single features: one open object, so that old ones keep new words. */

export const streamOptionsLimits = {
  /** As JSON text: room for all info hashes, and as much for others. */
  lengthMax: 32_768,
  /** Objects and lists within each other: who compares or writes them goes down as deep. */
  depthMax: 32,
  infoHashesMax: 200,
  qualityLengthMax: 32,
} as const;

const infoHashShape = /^[0-9a-f]{40}$/;

/** The JSON text by which the log has them; empty where there are none. */
export function textOfOptions(options: StreamOptions): string {
  return Object.keys(options).length === 0 ? '' : JSON.stringify(options);
}

/** What the log has; undefined where the text is no JSON object. */
export function optionsOfText(text: string): StreamOptions | undefined {
  if (text === '') return {};
  try {
    const options: unknown = JSON.parse(text);
    return isFields(options) ? options : undefined;
  } catch {
    return undefined;
  }
}

/** The rule that options which are too deep break; to be asked before anything looks into them. */
export function optionsDepthError(options: StreamOptions): string | undefined {
  const { depthMax } = streamOptionsLimits;
  return isWithin(depthMax, options) ? undefined : `options: nested deeper than ${depthMax}`;
}

function isWithin(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isWithin(depth - 1, part));
}

/** Names the first option that breaks a rule, and the rule. Options that aren't known are kept. */
export function optionsError({ webTorrent }: StreamOptions): string | undefined {
  const at = 'options.webTorrent';
  if (webTorrent === undefined) return undefined;
  if (!isFields(webTorrent)) return `${at}: not an object`;
  const { infoHashes = {}, refuseUnknownInfoHashes = false } = webTorrent;
  if (typeof refuseUnknownInfoHashes !== 'boolean') {
    return `${at}.refuseUnknownInfoHashes: true or false`;
  }
  if (!isFields(infoHashes)) return `${at}.infoHashes: not an object`;
  const { infoHashesMax, qualityLengthMax } = streamOptionsLimits;
  const listed = Object.entries(infoHashes);
  if (listed.length > infoHashesMax) return `${at}.infoHashes: more than ${infoHashesMax}`;
  for (const [infoHash, quality] of listed) {
    if (!infoHashShape.test(infoHash)) {
      return `${at}.infoHashes: each is 20 bytes as 40 hexadecimal digits in lower case`;
    }
    if (typeof quality !== 'string' || quality.length > qualityLengthMax) {
      return `${at}.infoHashes.${infoHash}: the quality that it stands for, or empty text`;
    }
  }
  return undefined;
}

/** What a stream says of WebTorrent swarms. */
export interface WebTorrentOptions {
  /** Info hashes as 40 hexadecimal digits, each with its quality; empty: it has none. */
  readonly infoHashes: ReadonlyMap<string, string>;
  /** True: no other info hashes are taken. */
  readonly refuseUnknownInfoHashes: boolean;
}

/** Reads the options of whatever version wrote them: what isn't as it should be isn't there. */
export function webTorrentOptions({ webTorrent }: StreamOptions): WebTorrentOptions {
  const { infoHashes, refuseUnknownInfoHashes } = isFields(webTorrent) ? webTorrent : {};
  const listed = Object.entries(isFields(infoHashes) ? infoHashes : {})
    .filter(([infoHash]) => infoHashShape.test(infoHash))
    .map(([infoHash, quality]) => [infoHash, typeof quality === 'string' ? quality : ''] as const);
  return {
    infoHashes: new Map(listed),
    refuseUnknownInfoHashes: refuseUnknownInfoHashes === true,
  };
}
