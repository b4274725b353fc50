import { facetLimits, isQualityInBounds, isStreamInBounds, numberBounds } from '../limits.js';
import type { AnnounceBatch, FacetValue, ToldAnnounce } from '../records.js';
import { announcesVersion, hasFacets } from '../records-version.js';
import { writtenFunction } from '../written-function.js';
import { announceSchema } from './announce-schema.js';
import { headerOf, schemaText, typeOf } from './released-schemas.js';
import type { RowSchema } from './row-reader.js';
import { numberBytesMax, VarintWriter } from './varint-writer.js';

/** A block of no items ends an array. */
const arrayEnd = Buffer.from([0]);
/** What a batch of a few announces takes. */
const firstBytes = 1_024;
const noPlaces: readonly number[] = [];

/** Announces that were put, and what they have of facets. */
export interface PutAnnounces {
  readonly announces: Buffer;
  readonly facetValues: readonly FacetValue[];
}

/**
 * The announces of a batch, each put into bytes as it comes, so that no object of it waits for the
 * others: byte for byte what avsc writes (a property test holds it to that), in less time.
 */
export class AnnounceEncoder {
  readonly #writer = new VarintWriter(firstBytes);
  readonly #version: Version;
  readonly #hasFacets: boolean;
  /** Where the values that were put stand among those of the batch. */
  readonly #places = new Map<FacetValue, number>();

  /** `version`: of the records. */
  constructor(readonly version: number) {
    this.#version = versionOf(version);
    this.#hasFacets = hasFacets(version);
  }

  /** How many bytes have been put. */
  get bytes(): number {
    return this.#writer.position;
  }

  /** False, and nothing is put: a reader wouldn't believe it. */
  put(announce: ToldAnnounce): boolean {
    const writer = this.#writer;
    const start = writer.position;
    const { facets } = announce;
    const places = this.#hasFacets && facets.length > 0 ? this.#placesOf(facets) : noPlaces;
    if (this.#version.write(writer, announce, places) && writer.isPlain) return true;
    writer.rewind(start);
    return false;
  }

  /** All that was put since the last time. */
  take(): PutAnnounces {
    const announces = this.#writer.written();
    const facetValues = [...this.#places.keys()];
    this.#writer.rewind(0);
    this.#places.clear();
    return { announces, facetValues };
  }

  #placesOf(facets: readonly FacetValue[]): readonly number[] {
    return facets.map((value) => {
      let place = this.#places.get(value);
      if (place === undefined) {
        place = this.#places.size;
        this.#places.set(value, place);
      }
      return place;
    });
  }
}

/** A batch of `count` announces, one or more, as an encoder of this version has put them. */
export function encodeAnnounceBatch(
  version: number,
  { tracker, written }: Pick<AnnounceBatch, 'tracker' | 'written'>,
  count: number,
  { announces, facetValues }: PutAnnounces,
): Buffer {
  const { header, hasFacetValues } = versionOf(version);
  const writer = new VarintWriter(firstBytes);
  writer.raw(header);
  writer.text(tracker);
  writer.reserve(3 * numberBytesMax);
  writer.whole(written);
  if (hasFacetValues) writeFacetValues(writer, facetValues);
  writer.reserve(numberBytesMax);
  writer.whole(count);
  return Buffer.concat([writer.written(), announces, arrayEnd]);
}

function writeFacetValues(writer: VarintWriter, values: readonly FacetValue[]): void {
  writer.whole(values.length);
  for (const { facet, value } of values) {
    writer.text(facet);
    writer.text(value);
  }
  writer.reserve(numberBytesMax);
  if (values.length > 0) writer.whole(0);
}

interface Version {
  readonly header: Buffer;
  readonly hasFacetValues: boolean;
  /** False: a reader wouldn't believe it. */
  readonly write: (
    writer: VarintWriter,
    announce: ToldAnnounce,
    places: readonly number[],
  ) => boolean;
}

/** By version, each made when it is asked for first. */
const versions = new Map<number, Version>();

function versionOf(version: number): Version {
  let known = versions.get(version);
  if (known === undefined) {
    known = madeVersion(version);
    versions.set(version, known);
  }
  return known;
}

function madeVersion(version: number): Version {
  const schema = announcesVersion(version);
  const type = typeOf(schemaText(`announce-batch.v${schema}`));
  const { fields } = announceSchema(type);
  const write = writtenFunction(
    `return function writeAnnounce(writer, announce, places) {
      writer.reserve(room);
      ${fields.map(fieldSource).join('\n    ')}
      return true;
    };`,
    {
      believed: { stream: isStreamInBounds, quality: isQualityInBounds },
      symbols: Object.fromEntries(fields.map((field) => [field.name, definitionOf(field).symbols])),
      room: fields.length * numberBytesMax,
      placesMax: facetLimits.perAnnounceMax,
    },
  ) as Version['write'];
  return { header: headerOf(type), hasFacetValues: schema > 1, write };
}

interface Definition {
  readonly type?: string;
  readonly symbols?: readonly string[];
  readonly size?: number;
}

function definitionOf({ type: schema }: RowSchema['fields'][number]): Definition {
  return schema as Definition;
}

/**
 * Texts, enums, fixed, numbers, numbers or fixed or null, and places of facets; false as soon as
 * one isn't believed.
 */
function fieldSource(field: RowSchema['fields'][number]): string {
  const { name } = field;
  const value = `announce.${name}`;
  const { type: kind, symbols, size } = definitionOf(field);
  if (field.type === 'string') {
    return `if (!believed.${name}(${value})) return false;
    writer.text(${value}); writer.reserve(room);`;
  }
  if (symbols !== undefined) {
    return `const ${name} = symbols.${name}.indexOf(${value});
    if (${name} < 0) return false; else writer.whole(${name});`;
  }
  if (kind === 'array') {
    return 'if (places.length > placesMax) return false; writer.wholes(places); writer.reserve(room);';
  }
  if (size !== undefined) return fixedSource(value, size);
  if (!Array.isArray(field.type)) return numberSource(name, value);
  const { size: sizeOrNull } = Object(field.type[1]) as Definition;
  return `if (${value} === null) writer.whole(0); else {
      writer.whole(1);
      ${sizeOrNull === undefined ? numberSource(name, value) : fixedSource(value, sizeOrNull)}
    }`;
}

function fixedSource(value: string, size: number): string {
  return `if (${value}.length !== ${size}) return false;
    writer.raw(${value}); writer.reserve(room);`;
}

function numberSource(name: string, value: string): string {
  const bounds = numberBounds.find(({ field }) => field === name);
  if (bounds === undefined) throw new Error(`no bounds of ${name}`);
  const { min, max } = bounds;
  return `if (!(${value} >= ${min} && ${value} <= ${max})) return false;
    writer.${min < 0 ? 'wholeOrMinusOne' : 'whole'}(${value});`;
}
