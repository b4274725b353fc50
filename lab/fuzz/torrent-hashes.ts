import { badFrame, type BadFrame } from './bad-frame.js';

const hashBytes = 20;

/** Info hashes that have all bytes there are, between them. */
const hashes: readonly string[] = Array.from({ length: Math.ceil(256 / hashBytes) }, (_, place) =>
  String.fromCharCode(
    ...Array.from({ length: hashBytes }, (_, index) => (place * hashBytes + index) % 256),
  ),
);

function announceOf(hashJson: string): string {
  return `{"action":"announce","info_hash":${hashJson},"peer_id":"${'x'.repeat(hashBytes)}"}`;
}

function escaped(hash: string, digits: (code: string) => string): string {
  const codes = Array.from(hash, (character) => character.charCodeAt(0).toString(16));
  return `"${codes.map((code) => `\\u${digits(code.padStart(4, '0'))}`).join('')}"`;
}

/** How clients write a hash: as JSON.stringify does, or with an escape for each byte. */
const encodings: readonly (readonly [name: string, json: (hash: string) => string])[] = [
  ['as JSON.stringify has it', (hash) => JSON.stringify(hash)],
  ['in escapes', (hash) => escaped(hash, (code) => code)],
  ['in escapes of capitals', (hash) => escaped(hash, (code) => code.toUpperCase())],
];

const wrongHashes: readonly (readonly [what: string, hash: string])[] = [
  ['19 bytes', 'x'.repeat(19)],
  ['21 bytes', 'x'.repeat(21)],
  ['40 digits', 'a0'.repeat(hashBytes)],
  ['a character above 255', '\u0100'.repeat(hashBytes)],
  ['a lone surrogate', '\ud800'.repeat(hashBytes)],
  ['20 characters beyond 16 bits', '\u{1f600}'.repeat(hashBytes)],
];

/** Info hashes of any 20 bytes, which are told again as they were, and such as are none. */
export const hashFrames: readonly BadFrame[] = [
  ...hashes.flatMap((hash, place) =>
    encodings.flatMap(([name, json]) => {
      const [what, told] = [`bytes ${place * hashBytes} and up ${name}`, JSON.stringify(hash)];
      return [
        badFrame(what, announceOf(json(hash)), told),
        badFrame(`${what}, binary`, Buffer.from(announceOf(json(hash))), told),
        badFrame(`${what}, scraped`, `{"action":"scrape","info_hash":${json(hash)}}`, told),
      ];
    }),
  ),
  // As they are, they are no text: no JSON has them so.
  badFrame(
    'bytes without an encoding',
    Buffer.from(announceOf(`"${'\xff'.repeat(hashBytes)}"`), 'latin1'),
    'info_hash',
  ),
  ...wrongHashes.map(([what, hash]) =>
    badFrame(what, announceOf(JSON.stringify(hash)), 'info_hash'),
  ),
];
