import { isNamePartTooLong } from '../graphite/index.js';
import { renditionName, usualQualities } from '../schemas/index.js';
import { deletedOptionError } from './deleted-streams.js';
import { facetOptionsError } from './facet-options.js';
import { groupOptionsError } from './group-options.js';
import { policyOptionsError } from './policy-options.js';
import {
  optionsDepthError,
  optionsError,
  streamOptionsLimits,
  textOfOptions,
} from './stream-options.js';
import type { StreamSettings } from './types.js';
import { unprintable } from './unprintable.js';

/** Bounds of a stream's fields. */
export const streamLimits = {
  titleLengthMax: 200,
  originsMax: 100,
  originLengthMax: 300,
  tokenKeysMax: 10,
  kidLengthMax: 64,
  /** HS256 wants a key as long as its digest at least (RFC 7518 §3.2). */
  secretBytesMin: 32,
  secretLengthMax: 1_024,
  renditionsMax: 32,
  renditionLengthMax: 32,
} as const;

/** Never matches `*`, the name of the figures over all streams. */
const keyShape = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/;
const base64url = /^[A-Za-z0-9_-]+$/;
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const takenRenditions: ReadonlySet<string> = new Set(['other', 'unknown']);

/** True: the text can be a stream's key. */
export function isStreamKey(text: string): boolean {
  return keyShape.test(text) && !isNamePartTooLong(text);
}

/** Names the first field of a stream that breaks a rule, and the rule; undefined when all hold. */
export function streamError(stream: StreamSettings): string | undefined {
  return (
    optionsDepthError(stream.options) ??
    loggedStreamError(stream) ??
    usualNamesError(stream) ??
    optionsError(stream.options) ??
    facetOptionsError(stream.options) ??
    groupOptionsError(stream.options) ??
    deletedOptionError(stream.options) ??
    policyOptionsError(stream.options)
  );
}

/**
 * The rules that commands in the log are held to. What was made a rule later is in `streamError`
 * alone: a log folds today as it did before, whoever reads it.
 */
export function loggedStreamError(stream: StreamSettings): string | undefined {
  if (!keyShape.test(stream.key)) {
    return 'key: 1 to 100 letters, digits or . _ : @ -, the first a letter or a digit';
  }
  if (isNamePartTooLong(stream.key)) return 'key: too many of . : @';
  if (stream.title.length > streamLimits.titleLengthMax) {
    return `title: longer than ${streamLimits.titleLengthMax} characters`;
  }
  if (unprintable.test(stream.title)) return 'title: has control characters';
  if (textOfOptions(stream.options).length > streamOptionsLimits.lengthMax) {
    return `options: longer than ${streamOptionsLimits.lengthMax} characters`;
  }
  return originsError(stream) ?? tokenKeysError(stream) ?? renditionsError(stream);
}

function originsError({ origins }: StreamSettings): string | undefined {
  if (origins.length > streamLimits.originsMax) {
    return `origins: more than ${streamLimits.originsMax}`;
  }
  for (const [index, origin] of origins.entries()) {
    if (!isOriginPattern(origin)) {
      return `origins[${index}]: not an origin as browsers send it, such as https://example.com, https://example.com:8443 or https://*.example.com (http for localhost only)`;
    }
  }
  return repeated(origins, 'origins');
}

function isOriginPattern(pattern: string): boolean {
  if (pattern.length > streamLimits.originLengthMax) return false;
  const origin = pattern.replace(/^https:\/\/\*\./, 'https://');
  if (origin.includes('*') || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Default ports, capitals, paths and user names are all gone from what a browser sends.
  if (url.origin !== origin) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.has(url.hostname));
}

function tokenKeysError({ tokenKeys }: StreamSettings): string | undefined {
  if (tokenKeys.length > streamLimits.tokenKeysMax) {
    return `tokenKeys: more than ${streamLimits.tokenKeysMax}`;
  }
  for (const [index, { kid, secret }] of tokenKeys.entries()) {
    if (kid === '' || kid.length > streamLimits.kidLengthMax || unprintable.test(kid)) {
      return `tokenKeys[${index}].kid: 1 to ${streamLimits.kidLengthMax} characters, no control characters`;
    }
    const isSecret =
      secret.length <= streamLimits.secretLengthMax &&
      base64url.test(secret) &&
      Buffer.from(secret, 'base64url').length >= streamLimits.secretBytesMin;
    if (!isSecret) {
      return `tokenKeys[${index}].secret: base64url of ${streamLimits.secretBytesMin} bytes at least`;
    }
  }
  return repeated(
    tokenKeys.map(({ kid }) => kid),
    'tokenKeys',
    '.kid',
  );
}

function renditionsError({ renditions }: StreamSettings): string | undefined {
  if (renditions.length > streamLimits.renditionsMax) {
    return `renditions: more than ${streamLimits.renditionsMax}`;
  }
  for (const [index, name] of renditions.entries()) {
    if (name === '' || name.length > streamLimits.renditionLengthMax || unprintable.test(name)) {
      return `renditions[${index}]: 1 to ${streamLimits.renditionLengthMax} characters, no control characters`;
    }
    if (isNamePartTooLong(name)) return `renditions[${index}]: too many letters beyond ASCII`;
    if (takenRenditions.has(name)) return `renditions[${index}]: "${name}" has a meaning already`;
  }
  return repeated(renditions, 'renditions');
}

/** Renditions that say what they count as over all streams: `name=720p`. */
function usualNamesError({ renditions }: StreamSettings): string | undefined {
  for (const [index, rendition] of renditions.entries()) {
    const name = renditionName(rendition);
    if (rendition.includes('=') && name === rendition) {
      return `renditions[${index}]: a usual quality stands behind "=": ${[...usualQualities].join(', ')}`;
    }
    if (name.trim() === '') return `renditions[${index}]: no name`;
    if (takenRenditions.has(name)) return `renditions[${index}]: "${name}" has a meaning already`;
  }
  return repeated(renditions.map(renditionName), 'renditions');
}

function repeated(values: readonly string[], field: string, part = ''): string | undefined {
  const index = values.findIndex((value, position) => values.indexOf(value) !== position);
  return index === -1 ? undefined : `${field}[${index}]${part}: stands there twice`;
}
