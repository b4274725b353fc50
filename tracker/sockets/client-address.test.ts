import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cpuMsOf } from '../../service/testing/cpu-ms.js';
import { clientAddress, trustedProxies } from './client-address.js';
import { forwardedHops, type ProxyHeader } from './forwarded-hops.js';
import { addressBlock } from './ip-address.js';

function addressOf(socket: string, headers: IncomingHttpHeaders, header: ProxyHeader = 'either') {
  return clientAddress(socket, forwardedHops(headers, header), trusted);
}

const trusted = trustedProxies(['127.0.0.0/8', '::1', '10.0.0.5']);

describe("a viewer's address", () => {
  it.each<[socket: string, forwarded: string | undefined, address: string, why: string]>([
    ['203.0.113.9', '198.51.100.1', '203.0.113.9', 'a stranger cannot choose its address'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1', 'a trusted proxy tells it'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1', 'also where IPv4 comes inside IPv6'],
    ['127.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1', 'what came before is made up'],
    ['127.0.0.1', '198.51.100.1, 10.0.0.5', '198.51.100.1', 'through two trusted proxies'],
    ['127.0.0.1', undefined, '127.0.0.1', 'no header'],
    ['127.0.0.1', 'unknown', '127.0.0.1', 'no address'],
    ['127.0.0.1', '', '127.0.0.1', 'an empty header'],
    ['::1', '2001:db8::7', '2001:db8::7', 'IPv6'],
    ['127.0.0.1', '203.0.113.7:4711', '203.0.113.7', 'with a port'],
    ['127.0.0.1', '203.0.113.7:', '203.0.113.7', 'with a port that is missing'],
    ['127.0.0.1', '203.0.113.7;443', '203.0.113.7', 'with a port after a semicolon'],
    ['127.0.0.1', '"[2001:db8::1]:80"', '2001:db8::1', 'quoted, in brackets, with a port'],
    ['127.0.0.1', '[2001:db8::1]:80', '2001:db8::1', 'in brackets, with a port'],
    ['127.0.0.1', '[2001:db8::1]', '2001:db8::1', 'in brackets'],
    ['127.0.0.1', '2001:DB8:0:0::1', '2001:db8::1', 'one spelling for one address'],
    ['127.0.0.1', 'fe80::1%eth0', 'fe80::1', 'without its zone'],
    ['127.0.0.1', '::ffff:203.0.113.7', '203.0.113.7', 'IPv4 inside IPv6'],
    ['127.0.0.1', '[::FFFF:cb00:7107]:1', '203.0.113.7', 'IPv4 inside IPv6, in hexadecimal'],
    ['127.0.0.1', '1.2.3.4, unknown', '127.0.0.1', 'what is behind an unknown hop is made up'],
    ['127.0.0.1', '1.2.3.4, 198.51.100.1, ', '198.51.100.1', 'an empty hop'],
    ['::1%lo', '198.51.100.1', '198.51.100.1', 'a trusted address with a zone'],
  ])('of %s with X-Forwarded-For %s is %s: %s', (socket, forwarded, address, _why) => {
    expect(addressOf(socket, { 'x-forwarded-for': forwarded })).toBe(address);
  });

  it.each<[forwarded: string, address: string, why: string]>([
    ['for=203.0.113.7', '203.0.113.7', 'IPv4'],
    ['For="203.0.113.7:4711";proto=https;by=10.0.0.5', '203.0.113.7', 'with a port'],
    ['by=10.0.0.5; FOR="[2001:DB8::1]:80"', '2001:db8::1', 'IPv6 with a port'],
    ['for=[2001:db8::1]:80', '2001:db8::1', 'IPv6 without the quotes'],
    ['for="2001:db8::1"', '2001:db8::1', 'IPv6 without the brackets'],
    ['for=1.2.3.4, for=198.51.100.1', '198.51.100.1', 'several elements'],
    ['for=198.51.100.1,for=10.0.0.5', '198.51.100.1', 'through two trusted proxies'],
    ['for=198.51.100.1;host="a,b"', '198.51.100.1', 'a comma inside quotes'],
    ['for=198.51.100.1;host="a, for=6.6.6.6"', '198.51.100.1', 'an element inside quotes'],
    ['for=198.51.100.1;host="\\",for=6.6.6.6;x=\\""', '198.51.100.1', 'with escaped quotes'],
    ['for="1.2.3.4, for=198.51.100.1', '198.51.100.1', 'a quote that a viewer left open'],
    ['for="\\203.0.113.7"', '203.0.113.7', 'escapes'],
    ['for=203.0.113.7;by=unix:/run/s', '203.0.113.7', 'a socket beside it'],
    ['for=203.0.113.7;host=a.example/', '203.0.113.7', 'a host that should be quoted'],
    ['for=203.0.113.7;secret=a/b==', '203.0.113.7', 'a word that should be quoted'],
    ['for=203.0.113.7;ext', '203.0.113.7', 'a word without a value'],
    ['for=_hidden', '_hidden', 'a name that hides the address'],
    ['for="_SEVKISEK:80"', '127.0.0.1', 'no such name'],
    ['for=unknown', '127.0.0.1', 'not known'],
    ['for=1.2.3.4, for=unknown', '127.0.0.1', 'behind what is not known'],
    ['for=1.2.3.4, proto=https', '127.0.0.1', 'an element without an address'],
    ['for=1.2.3.4, nonsense', '127.0.0.1', 'behind what cannot be read'],
    [', , for=1.2.3.4 , ', '1.2.3.4', 'empty elements'],
    ['', '127.0.0.1', 'an empty header'],
    [',', '127.0.0.1', 'nothing but a comma'],
  ])('with Forwarded %s is %s: %s', (forwarded, address, _why) => {
    expect(addressOf('127.0.0.1', { forwarded })).toBe(address);
    expect(addressOf('203.0.113.9', { forwarded })).toBe('203.0.113.9');
  });

  it.each<[header: ProxyHeader, address: string]>([
    ['either', '198.51.100.1'],
    ['x-forwarded-for', '198.51.100.1'],
    ['forwarded', '198.51.100.2'],
    ['none', '127.0.0.1'],
  ])('where both headers come, by the setting %s, is %s', (header, address) => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2' };
    expect(addressOf('127.0.0.1', headers, header)).toBe(address);
  });

  it('is by Forwarded where X-Forwarded-For is empty', () => {
    const headers = { 'x-forwarded-for': ' ', forwarded: 'for=198.51.100.2' };
    expect(addressOf('127.0.0.1', headers)).toBe('198.51.100.2');
  });

  it('never throws, takes no long time, and is an address whatever stands in the headers', () => {
    const piece = fc.constantFrom('for=', '"', '\\', ',', ';', ' ', '1.2.3.4', '[::1]:1', '%', 'x');
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<ProxyHeader>('x-forwarded-for', 'forwarded'),
        (told, by) => {
          const headers = { 'x-forwarded-for': told, forwarded: told };
          expect(addressOf('127.0.0.1', headers, by)).toMatch(/^[0-9a-f.:]+$|^_[\w.-]+$/);
        },
      ),
    );
    for (const repeated of [
      ',',
      'for="',
      ';',
      '\\,',
      'for=a,',
      '", "',
      '; ',
      ' ;',
      'a ; ',
      'a=" ',
    ]) {
      for (const end of ['', '@', ';@', '"@']) {
        const headers = { forwarded: `a${repeated.repeat(8_000)}${end}` };
        expect(cpuMsOf(() => addressOf('127.0.0.1', headers))).toBeLessThan(500);
      }
    }
  });

  it('doesn’t look at what a socket says that is no trusted proxy’s', () => {
    function* hops(): Generator<string> {
      yield '198.51.100.1';
      throw new Error('asked for more than what a trusted proxy said');
    }
    expect(clientAddress('203.0.113.9', hops(), trusted)).toBe('203.0.113.9');
    expect(clientAddress('127.0.0.1', hops(), trusted)).toBe('198.51.100.1');
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['_hidden', '_hidden'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
  ])('%s counts as one of %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });

  it.each(['10.0.0.0/', 'localhost', '10.0.0.0/33', '10.0.0.0/x', ''])('trusts no %j', (entry) => {
    expect(() => trustedProxies([entry])).toThrow(/neither an address nor a network/);
  });
});
