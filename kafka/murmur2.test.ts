import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { murmur2, partitionOf, partitionOfStream } from './murmur2.js';

describe('murmur2', () => {
  // From Kafka's own UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text, 'utf8'))).toBe(hash);
  });
});

describe('partitionOf', () => {
  const session = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

  it('is the hash of stream, NUL and session', () => {
    const bytes = Buffer.concat([Buffer.from('arena-main\0'), session]);
    expect(partitionOf('arena-main', session, 32)).toBe((murmur2(bytes) & 0x7fffffff) % 32);
  });

  it('never changes: every tracker must place a session alike', () => {
    expect(partitionOf('arena-main', session, 8)).toBe(3);
    expect(partitionOf('größe', session, 32)).toBe(27);
    expect(partitionOfStream('arena-main', 16)).toBe(14);
  });

  it('is always a partition of the topic', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 128 }),
        (stream, sessionBytes, partitions) => {
          const partition = partitionOf(stream, sessionBytes, partitions);
          return Number.isInteger(partition) && partition >= 0 && partition < partitions;
        },
      ),
    );
  });

  it('refuses a topic without partitions', () => {
    expect(() => partitionOf('arena-main', session, 0)).toThrow(RangeError);
  });
});
