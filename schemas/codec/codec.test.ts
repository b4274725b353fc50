import { describe, expect, it } from '@jest/globals';
import avro from 'avsc';
import fc from 'fast-check';
import { cpuMsOf } from '../../service/testing/cpu-ms.js';
import { emptyCell } from '../counters.js';
import { placesMax } from '../counts.js';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { codec, Codec } from './codec.js';
import type { Announce, AnyRecord, RecordName } from '../records.js';
import { newestOf, recordNames, releasedOf } from './released.js';
import { headerOf, schemaText } from './released-schemas.js';
import { BrokenBytes, compileSkimmer } from './skim.js';

const outcomes = [
  'value',
  'not_single_object',
  'unknown_fingerprint',
  'broken_body',
  'out_of_bounds',
];

function typeOf(name: RecordName): avro.Type {
  return avro.Type.forSchema(JSON.parse(schemaText(newestOf(name))) as avro.Schema);
}

/** Avro's zig-zag varint. */
function long(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** `value`, or the reason why the bytes are none. */
function outcomeOf(bytes: Buffer): string {
  const decoded = codec().decode(bytes);
  return decoded.ok ? 'value' : decoded.reason;
}

describe.each(recordNames)('the codec of %s', (name) => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(arbitraryRecord(name), (value) => {
        const decoded = codec().decode(codec().encode(name, value));
        expect(decoded).toMatchObject({ ok: true, record: { type: name } });
        // avsc's records are classes of its own; what they hold is compared.
        const plain: unknown = decoded.ok ? typeOf(name).clone(decoded.record.value) : undefined;
        expect(plain).toEqual(typeOf(name).clone(value));
      }),
    );
  });

  it('refuses every proper prefix, and anything left over', () => {
    fc.assert(
      fc.property(arbitraryRecord(name), (value) => {
        const bytes = codec().encode(name, value);
        for (let length = 0; length < bytes.length; length += 1) {
          const decoded = codec().decode(bytes.subarray(0, length));
          expect(decoded.ok ? 'a value' : decoded.reason).toBe(
            length < 10 ? 'not_single_object' : 'broken_body',
          );
        }
        expect(codec().decode(Buffer.concat([bytes, Buffer.from([0])]))).toMatchObject({
          ok: false,
          reason: 'broken_body',
        });
      }),
      { numRuns: 20 },
    );
  });

  it('reads bytes with any bit flipped as a value or a reason', () => {
    fc.assert(
      fc.property(arbitraryRecord(name), (value) => {
        const bytes = codec().encode(name, value);
        const seen = new Set<string>();
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const flipped = Buffer.from(bytes);
          flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
          seen.add(outcomeOf(flipped));
        }
        expect(outcomes).toEqual(expect.arrayContaining([...seen]));
      }),
      { numRuns: 5 },
    );
  });

  it('reads any body at all as a value or a reason', () => {
    const header = codec()
      .encode(name, fc.sample(arbitraryRecord(name), 1)[0] as never)
      .subarray(0, 10);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(outcomes).toContain(outcomeOf(Buffer.concat([header, body])));
      }),
    );
  });

  it('skims to where avsc ends reading', () => {
    const type = typeOf(name);
    const skim = compileSkimmer(JSON.parse(schemaText(newestOf(name))) as avro.Schema);
    fc.assert(
      fc.property(
        arbitraryRecord(name),
        fc.uint8Array({ maxLength: 5 }),
        fc.option(fc.tuple(fc.nat(), fc.nat(255)), { nil: undefined }),
        (value, rest, damage) => {
          const body = type.toBuffer(value);
          const bytes = Buffer.concat([body, rest]);
          if (damage !== undefined) bytes.writeUInt8(damage[1], damage[0] % bytes.length);
          let end: number;
          try {
            end = skim(bytes, 0);
          } catch (error) {
            expect(error).toBeInstanceOf(BrokenBytes);
            expect(damage).toBeDefined();
            return;
          }
          expect(type.decode(bytes, 0).offset).toBe(end);
          if (damage === undefined) expect(end).toBe(body.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the codec', () => {
  const header = codec()
    .encode('AnnounceBatch', { tracker: '', written: 0, announces: [] })
    .subarray(0, 10);
  const start = Buffer.concat([header, long(1n), Buffer.from('t'), long(1n)]);

  it('writes the marker and the fingerprint of the schema first', () => {
    expect(header.subarray(0, 2).toString('hex')).toBe('c301');
    expect(header).toHaveLength(10);
  });

  it.each([2n ** 20n, 2n ** 40n, 2n ** 52n, 2n ** 62n, -(2n ** 40n), -(2n ** 62n)])(
    'refuses an array that says it has %s items at once',
    (count) => {
      const bytes = Buffer.concat([start, long(count), long(8n), Buffer.alloc(1_000)]);
      const cpuMs = cpuMsOf(() => {
        expect(codec().decode(bytes)).toMatchObject({ ok: false, reason: 'broken_body' });
      });
      expect(cpuMs).toBeLessThan(500);
    },
  );

  it('refuses a string that says it is longer than the bytes, or shorter than nothing', () => {
    for (const length of [2n ** 40n, -1n, 10n]) {
      expect(
        codec().decode(Buffer.concat([header, long(length), Buffer.from('short')])),
      ).toMatchObject({ ok: false, reason: 'broken_body' });
    }
  });

  it('tells a stranger by its fingerprint, and what is no single object at all', () => {
    const stranger = Buffer.concat([Buffer.from('c3010102030405060708', 'hex'), Buffer.alloc(4)]);
    expect(codec().decode(stranger)).toEqual({
      ok: false,
      reason: 'unknown_fingerprint',
      detail: 'fingerprint 0102030405060708',
    });
    for (const bytes of [
      null,
      Buffer.alloc(0),
      Buffer.from('{"json":true}'),
      header.subarray(0, 9),
    ]) {
      expect(codec().decode(bytes)).toMatchObject({ ok: false, reason: 'not_single_object' });
    }
  });

  const [announce] = fc.sample(arbitraryRecord('AnnounceBatch'), 1)[0]?.announces ?? [];

  it.each<[string, Partial<Announce>]>([
    ['stream', { stream: '*' }],
    ['stream', { stream: '' }],
    ['stream', { stream: 'x'.repeat(101) }],
    ['quality', { quality: 'x'.repeat(33) }],
    ['number', { number: -1 }],
    ['watchedMs', { watchedMs: 600_001 }],
    ['cdnBytes', { cdnBytes: 2 ** 36 + 1 }],
    ['segment', { segment: -2 }],
    ['startupMs', { startupMs: -1 }],
  ])('refuses an announce whose %s is out of bounds: %j', (field, change) => {
    if (announce === undefined) throw new Error('no sample');
    const batch = { tracker: 't', written: 1, announces: [announce, { ...announce, ...change }] };
    expect(codec().decode(codec().encode('AnnounceBatch', batch))).toEqual({
      ok: false,
      reason: 'out_of_bounds',
      detail: `announce 1: ${field} out of bounds`,
    });
  });

  const place = { inputPartition: 0, minute: 1, version: 1 };
  const key = { quality: '720p', browser: 'Chrome' } as const;

  it('holds the facets of an announce to the values of its batch', () => {
    const facetValues = [{ facet: 'country', value: 'CZ' }];
    const outcome = (facets: readonly number[]): string =>
      outcomeOf(
        codec().encode('AnnounceBatch', {
          tracker: 't',
          written: 1,
          facetValues,
          announces: [{ ...(announce as Announce), facets }],
        }),
      );
    expect([[], [0], [1], [-1]].map(outcome)).toEqual([
      'value',
      'value',
      'out_of_bounds',
      'out_of_bounds',
    ]);
  });

  it.each([
    [[3], 'a place without a count'],
    [[3, 1, 2, 1], 'place 2 out of order or bounds'],
    [[3, 1, 3, 1], 'place 3 out of order or bounds'],
    [[placesMax, 1], `place ${placesMax} out of order or bounds`],
    [[-1, 1], 'place -1 out of order or bounds'],
    [[3, -1], 'the count at place 3 out of bounds'],
  ])('refuses the counts %j, which would spoil sums', (counts, what) => {
    const value = { ...place, streams: [{ stream: 's', cells: [{ ...key, counts }] }] };
    expect(codec().decode(codec().encode('PartialBatch', value))).toMatchObject({
      reason: 'out_of_bounds',
      detail: `a cell of s: ${what}`,
    });
  });

  it.each([{ viewers: -1 }, { startupHistogram: [1] }, { stallHistogram: [] }])(
    'refuses %j of the first partials',
    (change) => {
      const type = avro.Type.forSchema(JSON.parse(schemaText('partial-batch.v1')) as avro.Schema);
      const cell = { ...emptyCell('720p', 'Chrome'), ...change };
      const body = type.toBuffer({ ...place, streams: [{ stream: 's', cells: [cell] }] });
      expect(codec().decode(Buffer.concat([headerOf(type), body]))).toMatchObject({
        reason: 'out_of_bounds',
        detail: `a cell of s: ${Object.keys(change).join('')} out of bounds`,
      });
    },
  );
});

describe('the evolution of schemas', () => {
  const texts = Object.fromEntries(
    recordNames.map((name) => [name, [schemaText(newestOf(name))]]),
  ) as Record<RecordName, string[]>;

  /** The newest schema of a record with one more field, which has a default. */
  function withField(name: RecordName, field: object): Record<RecordName, string[]> {
    const text = schemaText(newestOf(name));
    const schema = JSON.parse(text) as { fields: object[] };
    schema.fields.push(field);
    return { ...texts, [name]: [text, JSON.stringify(schema)] };
  }

  /** Partials have forms of their own (forms.ts), one for each schema. */
  const evolving: readonly Exclude<RecordName, 'PartialBatch'>[] = recordNames.filter(
    (name) => name !== 'PartialBatch',
  );
  const zone = { name: 'zone', type: 'string', default: 'nowhere' };

  it('lets new readers read old bytes, with the default of a field that they lack', () => {
    fc.assert(
      fc.property(fc.constantFrom(...evolving), fc.integer(), (name, seed) => {
        const [value] = fc.sample(arbitraryRecord(name), {
          numRuns: 1,
          seed,
        });
        const old = new Codec(texts);
        const bytes = old.encode(name, value as never);
        const decoded = new Codec(withField(name, zone)).decode(bytes);
        expect(decoded).toMatchObject({
          ok: true,
          record: { type: name, value: { zone: 'nowhere' } },
        });
        const again = decoded.ok ? old.encode(name, decoded.record.value as never) : undefined;
        expect(again).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  const everReleased = recordNames.flatMap((name) =>
    releasedOf(name).map((file) => [name, file] as const),
  );

  it.each(everReleased)('reads as %s what was written by %s', (name, file) => {
    const type = avro.Type.forSchema(JSON.parse(schemaText(file)) as avro.Schema);
    fc.assert(
      fc.property(arbitraryRecord(name, file), (value) => {
        const bytes = Buffer.concat([headerOf(type), type.toBuffer(value)]);
        const decoded = codec().decode(bytes);
        expect(decoded).toMatchObject({ ok: true, record: { type: name } });
        // Whatever was added since stands at its default; the rest is what was written.
        const written = (decoded.ok ? decoded.record.value : undefined) as never;
        const version = releasedOf(name).indexOf(file) + 1;
        expect(codec().encode(name, written, version)).toEqual(bytes);
        expect(codec().decode(codec().encode(name, written))).toMatchObject({ ok: true });
      }),
      { numRuns: 30 },
    );
  });

  it('has new writers write the newest schema, and reports it to old readers as unknown', () => {
    const next = new Codec(withField('Mark', zone));
    const bytes = next.encode('Mark', { owner: 'o', written: 1, zone: 'z' } as never);
    expect(next.decode(bytes)).toMatchObject({ ok: true, record: { value: { zone: 'z' } } });
    expect(new Codec(texts).decode(bytes)).toMatchObject({
      ok: false,
      reason: 'unknown_fingerprint',
    });
  });

  it('tells damaged bytes of an old schema as broken too', () => {
    const bytes = new Codec(texts).encode('Mark', { owner: 'owner', written: 1 });
    const next = new Codec(withField('Mark', zone));
    for (let length = 10; length < bytes.length; length += 1) {
      expect(next.decode(bytes.subarray(0, length))).toMatchObject({ reason: 'broken_body' });
    }
  });

  it('knows every record by exactly one fingerprint', () => {
    const records = recordNames.map((name) => {
      const [value] = fc.sample(arbitraryRecord(name), 1);
      return codec()
        .encode(name, value as never)
        .subarray(2, 10)
        .toString('hex');
    });
    expect(new Set(records).size).toBe(recordNames.length);
    const decoded: AnyRecord['type'][] = [...recordNames];
    expect(decoded).toHaveLength(9);
  });
});
