import { describe, expect, it } from '@jest/globals';
import { clientAddress, trustedProxies } from './client-address.js';

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
  ])('of %s with X-Forwarded-For %s is %s: %s', (socket, forwarded, address, _why) => {
    expect(clientAddress(socket, forwarded, trusted)).toBe(address);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/x', ''])('trusts no %j', (entry) => {
    expect(() => trustedProxies([entry])).toThrow(/neither an address nor a network/);
  });
});
