import { groupsOf, tagsOf, type RegisteredStream } from '../registry/index.js';
import { sees, type Actor } from './actor.js';

/** Which streams are looked for. */
export interface StreamSearch {
  /** Words, each of which stands in the key, the title or a tag. */
  readonly search?: string;
  readonly tag?: string;
  readonly group?: string;
  /** True: archived ones alone; else those that aren't. */
  readonly archived?: boolean;
}

/** Says of a stream whether the actor sees it and it is looked for. */
export function streamFilter(
  actor: Actor,
  { search = '', tag, group, archived = false }: StreamSearch,
): (stream: RegisteredStream) => boolean {
  const words = folded(search).split(/\s+/).filter(Boolean);
  return (stream) =>
    stream.isArchived === archived &&
    sees(actor, stream) &&
    (tag === undefined || tagsOf(stream.options).includes(tag)) &&
    (group === undefined || groupsOf(stream.options).includes(group)) &&
    words.every((word) => textOf(stream).all.includes(word));
}

/** A title's beginning: the rest would only make cursors long. */
const sortableLengthMax = 100;

/** The title by which streams are sorted: its beginning, without accents, in lower case. */
export function sortableTitle(stream: RegisteredStream): string {
  return textOf(stream).title.slice(0, sortableLengthMax);
}

interface FoldedText {
  readonly title: string;
  readonly all: string;
}

/** A stream that changes is another object. */
const texts = new WeakMap<RegisteredStream, FoldedText>();

function textOf(stream: RegisteredStream): FoldedText {
  let text = texts.get(stream);
  if (text === undefined) {
    const title = folded(stream.title);
    const all = [title, folded([stream.key, ...tagsOf(stream.options)].join('\n'))].join('\n');
    texts.set(stream, (text = { title, all }));
  }
  return text;
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
