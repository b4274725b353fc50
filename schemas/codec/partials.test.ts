import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { boundsError } from '../limits.js';
import { countsByName, countsByPlace } from './cell-formats.js';
import { firstOfPartials, partialsOfFirst, type FirstPartialBatch } from './first-partials.js';
import type { PackedPartials, PackedStream } from './packed-stream.js';
import { PartialsDecoder } from './partials-decoder.js';
import { PartialsEncoder } from './partials-encoder.js';
import type { Cell, PartialBatch } from '../records.js';
import { headerBytes, headerOf, schemaText, typeOf } from './released-schemas.js';
import { compileSkimmer } from './skim.js';

/** Each schema with its format, and how its values stand in avsc. */
const schemas = [
  {
    schema: 'partial-batch.v1',
    format: countsByName,
    hasFacets: false,
    fromAvro: (value: unknown) => partialsOfFirst(value as FirstPartialBatch),
    toAvro: firstOfPartials,
  },
  {
    schema: 'partial-batch.v2',
    format: countsByPlace,
    hasFacets: false,
    fromAvro: (value: unknown) => value as PartialBatch,
    toAvro: (batch: PartialBatch) => batch,
  },
  {
    schema: 'partial-batch.v3',
    format: countsByPlace,
    hasFacets: true,
    fromAvro: (value: unknown) => value as PartialBatch,
    toAvro: (batch: PartialBatch) => batch,
  },
] as const;

/** Numbers of every length, and some that no cell has. */
const number = fc.oneof(
  fc.nat(200),
  fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits - 1),
  fc.constantFrom(2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 53 - 2, -1),
);
const text = fc.oneof(
  fc.constantFrom('', '720p', 'arena', 'höher ✓', 'x'.repeat(100), '🎥'.repeat(40)),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
);
const counts = fc.tuple(fc.nat(200), number).map((pair) => [...pair]);
const cell = fc.record<Partial<Cell>>({ quality: text, counts }, { requiredKeys: [] });

/** Batches as stage 1 makes them, some fields of some cells replaced. */
const batches = fc
  .tuple(arbitraryRecord('PartialBatch'), fc.array(cell, { maxLength: 3 }), text, number)
  .map(([batch, changes, stream, version]): PartialBatch => ({
    ...batch,
    version,
    streams: batch.streams.map((cells, index) => ({
      stream: index === 0 ? stream : cells.stream,
      cells: cells.cells.map((one, at) => ({ ...one, ...changes[at] })),
      facets: cells.facets?.map((one, at) => ({ ...one, value: stream, ...changes[at] })) ?? [],
    })),
  }));

describe.each(schemas)('by $schema', ({ schema, format, hasFacets, fromAvro, toAvro }) => {
  const type = typeOf(schemaText(schema));
  const header = headerOf(type);
  const skim = compileSkimmer(type.schema());
  const encoder = new PartialsEncoder(format, hasFacets);
  const decoder = new PartialsDecoder(format, hasFacets);

  function unsplit(split: PackedPartials | undefined): PartialBatch | undefined {
    if (split === undefined) return undefined;
    const { streams, ...rest } = split;
    const told = (one: PackedStream) => {
      const cells = { stream: one.stream, cells: one.cells() };
      return hasFacets ? { ...cells, facets: one.facets() } : cells;
    };
    return { ...rest, streams: streams.map(told) };
  }

  /** What avsc and the bounds make of a body. */
  function judged(bytes: Buffer): PartialBatch | undefined {
    try {
      if (skim(bytes, headerBytes) !== bytes.length) return undefined;
      const value = fromAvro(type.decode(bytes, headerBytes).value);
      if (typeof value === 'string') return undefined;
      return boundsError({ type: 'PartialBatch', value }) === undefined ? value : undefined;
    } catch {
      return undefined;
    }
  }

  describe('PartialsEncoder', () => {
    it('writes the bytes that avsc writes', () => {
      let plain = 0;
      fc.assert(
        fc.property(batches, (batch) => {
          const written = encoder.encode(header, batch);
          if (written === undefined) return;
          plain += 1;
          expect(written.toString('hex')).toBe(
            Buffer.concat([header, type.toBuffer(toAvro(batch))]).toString('hex'),
          );
        }),
        { numRuns: 300 },
      );
      expect(plain).toBeGreaterThan(30);
    });

    it('leaves to avsc what is no number of a cell', () => {
      for (const viewers of [-1, 0.5, NaN, 2 ** 53, Infinity]) {
        const [batch] = fc.sample(arbitraryRecord('PartialBatch'), { numRuns: 1, seed: 1 });
        if (batch === undefined) throw new Error('no sample');
        const wrong = { ...batch, version: viewers };
        expect(encoder.encode(header, wrong)).toBeUndefined();
      }
    });
  });

  describe('PartialsDecoder', () => {
    it('reads what avsc reads and the bounds allow, with the same values', () => {
      let read = 0;
      fc.assert(
        fc.property(batches, (batch) => {
          const bytes = Buffer.concat([header, type.toBuffer(toAvro(batch))]);
          const own = decoder.decode(bytes, headerBytes);
          if (own === undefined) return;
          read += 1;
          expect(own).toEqual(judged(bytes));
        }),
        { numRuns: 300 },
      );
      expect(read).toBeGreaterThan(30);
    });

    it('says no to all damaged bytes to which avsc or the bounds say no', () => {
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(batches, damage, fc.nat(), (batch, changes, cut) => {
          const whole = Buffer.concat([header, type.toBuffer(toAvro(batch))]);
          const isCut = cut % 4 === 0 && whole.length > headerBytes;
          const bytes = isCut ? whole.subarray(0, headerBytes + (cut % whole.length)) : whole;
          const body = bytes.length - headerBytes;
          for (const [at, byte] of changes) if (body > 0) bytes[headerBytes + (at % body)] = byte;
          const own = decoder.decode(bytes, headerBytes);
          if (own !== undefined) expect(own).toEqual(judged(bytes));
          expect(unsplit(decoder.split(bytes, headerBytes))).toEqual(own);
        }),
        { numRuns: 500 },
      );
    });

    it('splits what it reads into streams, of which each is read again as often as one likes', () => {
      fc.assert(
        fc.property(batches, (batch) => {
          const bytes = Buffer.concat([header, type.toBuffer(toAvro(batch))]);
          const own = decoder.decode(bytes, headerBytes);
          const split = decoder.split(bytes, headerBytes);
          // What is split stands by itself: the bytes are read into again.
          bytes.fill(0xff);
          expect(unsplit(split)).toEqual(own);
          expect(unsplit(split)).toEqual(own);
          const cells = own?.streams.map((stream) => stream.cells.length);
          expect(split?.streams.map(({ cellCount }) => cellCount)).toEqual(cells);
        }),
        { numRuns: 300 },
      );
    });
  });
});
