import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { boundsError } from '../limits.js';
import { cellFieldsOf } from './cell-fields.js';
import { PartialsDecoder } from './partials-decoder.js';
import { PartialsEncoder } from './partials-encoder.js';
import type { Cell, PartialBatch } from '../records.js';
import { newestOf } from './released.js';
import { headerBytes, headerOf, schemaText, typeOf } from './released-schemas.js';
import { compileSkimmer } from './skim.js';

const type = typeOf(schemaText(newestOf('PartialBatch')));
const header = headerOf(type);
const skim = compileSkimmer(type.schema());
const encoder = new PartialsEncoder(cellFieldsOf(type));
const decoder = new PartialsDecoder(cellFieldsOf(type));

/** Numbers of every length, and some that no cell has. */
const number = fc.oneof(
  fc.nat(200),
  fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits - 1),
  fc.constantFrom(2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 53 - 2, -1),
);
const text = fc.oneof(
  fc.constantFrom('', '720p', 'arena', 'höher ✓', 'x'.repeat(100), '🎥'.repeat(40)),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const cell = fc.record<Partial<Cell>>(
  { quality: text, viewers: number, cdnBytes: number, errors: number },
  { requiredKeys: [] },
);

/** Batches as stage 1 makes them, some fields of some cells replaced. */
const batches = fc
  .tuple(arbitraryRecord('PartialBatch'), fc.array(cell, { maxLength: 3 }), text, number)
  .map(([batch, changes, stream, version]): PartialBatch => ({
    ...batch,
    version,
    streams: batch.streams.map((cells, index) => ({
      stream: index === 0 ? stream : cells.stream,
      cells: cells.cells.map((one, at) => ({ ...one, ...changes[at] })),
    })),
  }));

/** What avsc and the bounds make of a body. */
function judged(bytes: Buffer): PartialBatch | undefined {
  try {
    if (skim(bytes, headerBytes) !== bytes.length) return undefined;
    const value = type.decode(bytes, headerBytes).value as PartialBatch;
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
          Buffer.concat([header, type.toBuffer(batch)]).toString('hex'),
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
        const bytes = Buffer.concat([header, type.toBuffer(batch)]);
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
        const whole = Buffer.concat([header, type.toBuffer(batch)]);
        const isCut = cut % 4 === 0 && whole.length > headerBytes;
        const bytes = isCut ? whole.subarray(0, headerBytes + (cut % whole.length)) : whole;
        const body = bytes.length - headerBytes;
        for (const [at, byte] of changes) if (body > 0) bytes[headerBytes + (at % body)] = byte;
        const own = decoder.decode(bytes, headerBytes);
        if (own !== undefined) expect(own).toEqual(judged(bytes));
      }),
      { numRuns: 500 },
    );
  });
});
