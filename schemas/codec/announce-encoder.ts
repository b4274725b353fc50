import { isQualityInBounds, isStreamInBounds, numberBounds } from '../limits.js';
import type { Announce, AnnounceBatch } from '../records.js';
import { writtenFunction } from '../written-function.js';
import { announceSchema } from './announce-schema.js';
import { headerOf, schemaText, typeOf } from './released-schemas.js';
import type { RowSchema } from './row-reader.js';
import { numberBytesMax, VarintWriter } from './varint-writer.js';

/**
 * By which version trackers write announces. Readers come before writers: all that may run read the
 * second one first.
 */
export const announcesWritten = 1;

const type = typeOf(schemaText(`announce-batch.v${announcesWritten}`));
const header = headerOf(type);
const { fields } = announceSchema(type);
/** A block of no items ends an array. */
const arrayEnd = Buffer.from([0]);
/** What a batch of a few announces takes. */
const firstBytes = 1_024;

/**
 * The announces of a batch, each put into bytes as it comes, so that no object of it waits for the
 * others: byte for byte what avsc writes (a property test holds it to that), in less time.
 */
export class AnnounceEncoder {
  readonly #writer = new VarintWriter(firstBytes);

  /** How many bytes have been put. */
  get bytes(): number {
    return this.#writer.position;
  }

  /** False, and nothing is put: a reader wouldn't believe it. */
  put(announce: Announce): boolean {
    const writer = this.#writer;
    const start = writer.position;
    if (writeAnnounce(writer, announce) && writer.isPlain) return true;
    writer.rewind(start);
    return false;
  }

  /** All that was put since the last time. */
  take(): Buffer {
    const taken = this.#writer.written();
    this.#writer.rewind(0);
    return taken;
  }
}

/** A batch of `count` announces, one or more, as an encoder has put them into bytes. */
export function encodeAnnounceBatch(
  { tracker, written }: Pick<AnnounceBatch, 'tracker' | 'written'>,
  count: number,
  announces: Uint8Array,
): Buffer {
  const writer = new VarintWriter(firstBytes);
  writer.raw(header);
  writer.text(tracker);
  writer.reserve(2 * numberBytesMax);
  writer.whole(written);
  writer.whole(count);
  return Buffer.concat([writer.written(), announces, arrayEnd]);
}

const writeAnnounce = writtenFunction(
  `return function writeAnnounce(writer, announce) {
    writer.reserve(room);
    ${fields.map(fieldSource).join('\n    ')}
    return true;
  };`,
  {
    believed: { stream: isStreamInBounds, quality: isQualityInBounds },
    symbols: Object.fromEntries(fields.map((field) => [field.name, definitionOf(field).symbols])),
    room: fields.length * numberBytesMax,
  },
) as (writer: VarintWriter, announce: Announce) => boolean;

interface Definition {
  readonly symbols?: readonly string[];
  readonly size?: number;
}

function definitionOf({ type: schema }: RowSchema['fields'][number]): Definition {
  return schema as Definition;
}

/** Texts, enums, fixed, numbers, and numbers or null; false as soon as one isn't believed. */
function fieldSource(field: RowSchema['fields'][number]): string {
  const { name } = field;
  const value = `announce.${name}`;
  const { symbols, size } = definitionOf(field);
  if (field.type === 'string') {
    return `if (!believed.${name}(${value})) return false;
    writer.text(${value}); writer.reserve(room);`;
  }
  if (symbols !== undefined) {
    return `const ${name} = symbols.${name}.indexOf(${value});
    if (${name} < 0) return false; else writer.whole(${name});`;
  }
  if (size !== undefined) {
    return `if (${value}.length !== ${size}) return false;
    writer.raw(${value}); writer.reserve(room);`;
  }
  if (!Array.isArray(field.type)) return numberSource(name, value);
  return `if (${value} === null) writer.whole(0); else {
      writer.whole(1);
      ${numberSource(name, value)}
    }`;
}

function numberSource(name: string, value: string): string {
  const bounds = numberBounds.find(({ field }) => field === name);
  if (bounds === undefined) throw new Error(`no bounds of ${name}`);
  const { min, max } = bounds;
  return `if (!(${value} >= ${min} && ${value} <= ${max})) return false;
    writer.${min < 0 ? 'wholeOrMinusOne' : 'whole'}(${value});`;
}
