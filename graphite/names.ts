import { allStreams } from '../schemas/index.js';

/**
 * Parts of a Graphite metric's name. Carbon takes a dot for a separator, and graphite-web's targets
 * have a meaning for most other signs (`*?[]{},()"' `), so whatever isn't a plain letter, digit,
 * `_` or `-` stands there as `~` and the two capital hex digits of each of its UTF-8 bytes.
 */
const plain = /^[A-Za-z0-9_-]$/;
const plainPart = /^[A-Za-z0-9_-]*$/;
const encodedPart = /^(?:[A-Za-z0-9_-]|~[0-9A-F]{2})*$/;

/** The text as one part of a metric's name. Different texts have different parts. */
export function encodeNamePart(text: string): string {
  if (plainPart.test(text)) return text;
  let part = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    part += plain.test(character)
      ? character
      : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return part;
}

/**
 * Of a part: it is the name of a folder or, with ".wsp", of a file in Graphite, which takes 255
 * bytes.
 */
const encodedLengthMax = 240;
/** Of a character, of which those with most bytes have three to a UTF-16 unit. */
const encodedUnitLengthMax = 9;

/** True: Graphite can't store what has this text as a part of its name. */
export function isNamePartTooLong(text: string): boolean {
  if (text.length * encodedUnitLengthMax <= encodedLengthMax) return false;
  return encodeNamePart(text).length > encodedLengthMax;
}

/** The text of a part, or undefined when no text is encoded so. */
export function decodeNamePart(part: string): string | undefined {
  if (!encodedPart.test(part)) return undefined;
  const bytes = part.replaceAll(/~([0-9A-F]{2})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  // Broken UTF-8, or a byte that needn't have been encoded: not what encoding makes.
  return encodeNamePart(text) === part ? text : undefined;
}

/** Where a stream's metrics are: `<prefix>.streams.<stream>`, or `<prefix>.total` over all. */
export function metricBase(prefix: string, stream: string): string {
  return stream === allStreams ? `${prefix}.total` : `${prefix}.streams.${encodeNamePart(stream)}`;
}

/**
 * How far a partition of `rollup-partials` has closed: 1 in each minute of which all that it has is
 * written, 0 included (docs/graphite.md#progress). Coarser points are sums: how many were closed.
 */
export function closedMetric(prefix: string, partition: number | '*'): string {
  return `${prefix}.progress.${partition}.closed`;
}

/**
 * Where the metrics of a facet's value are: `<prefix>.facets.<stream>.<facet>.<value>`. Apart from
 * the stream's own, so that whoever asks for all of these isn't given those.
 */
export function facetBase(prefix: string, stream: string, facet: string, value: string): string {
  return [`${prefix}.facets`, ...[stream, facet, value].map(encodeNamePart)].join('.');
}
