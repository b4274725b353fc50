/** So much of a text is looked at, whatever anybody sends: what is told in earnest is shorter. */
const charactersMax = 512;

/** The text that was sent, as far as it is looked at; empty for anything else. */
export function textOf(sent: unknown): string {
  return typeof sent === 'string' ? sent.slice(0, charactersMax).trim() : '';
}

/** Words of a list by all the ways to write them. */
export type Spellings<Word extends string> = ReadonlyMap<string, Word>;

/** A list's own words, and other names by which they go. */
export function spellingsOf<Word extends string>(
  words: readonly Word[],
  otherNames: readonly (readonly [string, Word])[],
): Spellings<Word> {
  const own = words.map((word) => [word, word] as const);
  return new Map([...own, ...otherNames].map(([name, word]) => [plainName(name), word]));
}

/**
 * The word that is told, in whatever capitals, with or without separators, and maybe a version
 * behind it; `other` for a text that is none of them; undefined where no text is told.
 */
export function toldWord<Word extends string>(
  spellings: Spellings<Word>,
  told: unknown,
): Word | 'other' | undefined {
  const text = textOf(told);
  if (text === '') return undefined;
  return spellings.get(plainName(withoutVersion(text))) ?? 'other';
}

const separators = /[\s._-]+/g;
/** Where a version begins: `hls.js/1.5.7`, `hls.js@1`, `hls.js 1.5`, `dash.js-v4.7`, `iOS (17)`. */
const versionStart = /[\s_-]v?\d|[/@(]/i;

function plainName(text: string): string {
  return text.toLowerCase().replace(separators, '');
}

function withoutVersion(text: string): string {
  const at = text.search(versionStart);
  return at < 0 ? text : text.slice(0, at);
}
