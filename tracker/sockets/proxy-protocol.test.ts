import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readProxyHeader } from './proxy-protocol.js';
import { proxyV1, proxyV2 } from '../testing/proxy-headers.js';

const text = (line: string) => readProxyHeader(Buffer.from(line, 'latin1'));

describe('the PROXY header', () => {
  it.each([
    ['PROXY TCP4 203.0.113.7 10.0.0.5 4711 2911\r\n', '203.0.113.7'],
    ['PROXY TCP6 2001:DB8::1 ::1 4711 2911\r\n', '2001:db8::1'],
    ['PROXY TCP6 ::ffff:203.0.113.7 ::1 4711 2911\r\n', '203.0.113.7'],
    ['PROXY UNKNOWN\r\n', undefined],
    ['PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', undefined],
  ])('of version 1 reads %j', (line, address) => {
    expect(text(`${line}GET / HTTP/1.1\r\n`)).toEqual({
      kind: 'read',
      address,
      length: line.length,
    });
  });

  it.each([
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 203.0.113.7 10.0.0.5 4711\r\n',
    'PROXY TCP4 2001:db8::1 ::1 4711 2911\r\n',
    'PROXY TCP6 203.0.113.7 10.0.0.5 4711 2911\r\n',
    'PROXY TCP4 256.0.0.1 10.0.0.5 4711 2911\r\n',
    'PROXY UNKNOWNER\r\n',
    'PROXY \r\n',
    `PROXY UNKNOWN ${'x'.repeat(200)}`,
  ])('is wrong where the connection begins with %j', (line) => {
    expect(text(line)).toMatchObject({ kind: 'wrong' });
  });

  it('of version 2 reads addresses, and of a proxy that speaks for itself none', () => {
    const read = (bytes: Buffer) => ({ kind: 'read', length: bytes.length, address: undefined });
    const four = proxyV2('203.0.113.7');
    expect(readProxyHeader(four)).toEqual({ ...read(four), address: '203.0.113.7' });
    const six = proxyV2('2001:db8::1', { extra: Buffer.alloc(500) });
    expect(readProxyHeader(six)).toEqual({ ...read(six), address: '2001:db8::1' });
    const local = proxyV2('203.0.113.7', { command: 0 });
    expect(readProxyHeader(local)).toEqual(read(local));
    for (const family of [0, 3]) {
      const other = proxyV2('203.0.113.7', { family });
      expect(readProxyHeader(other)).toEqual(read(other));
    }
  });

  it.each([
    ['of another version', proxyV2('203.0.113.7', { version: 3 })],
    ['with an unknown command', proxyV2('203.0.113.7', { command: 2 })],
    ['with less than its addresses', proxyV2('203.0.113.7', { family: 2 })],
    ['that is too long', proxyV2('203.0.113.7', { extra: Buffer.alloc(5_000) })],
  ])('is wrong in version 2 where it is one %s', (_what, bytes) => {
    expect(readProxyHeader(bytes)).toMatchObject({ kind: 'wrong' });
  });

  it('waits for every byte of a right one, and reads no further', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const behind = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(address, fc.constantFrom(proxyV1, proxyV2), behind, (source, make, rest) => {
        const header = make(source);
        for (let length = 0; length < header.length; length += 1) {
          expect(readProxyHeader(header.subarray(0, length))).toEqual({ kind: 'more' });
        }
        const read = readProxyHeader(Buffer.concat([header, rest]));
        expect(read).toMatchObject({ kind: 'read', length: header.length });
      }),
      { numRuns: 50 },
    );
  });

  it('is read, wrong or waited for, within its bound, whatever the bytes are', () => {
    const signature = proxyV2('1.2.3.4').subarray(0, 12);
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const begun = any.map((bytes) => Buffer.concat([signature, bytes]));
    const line = any.map((bytes) => Buffer.concat([Buffer.from('PROXY '), bytes]));
    fc.assert(
      fc.property(fc.oneof(any, begun, line), (bytes) => {
        const read = readProxyHeader(bytes);
        if (read.kind === 'read') expect(read.length).toBeLessThanOrEqual(bytes.length);
        const long = readProxyHeader(Buffer.concat([bytes, Buffer.alloc(5_000)]));
        expect(long.kind).not.toBe('more');
      }),
    );
  });
});
