import { describe, expect, it } from '@jest/globals';
import { canonicalAddress } from '../sockets/ip-address.js';
import { networkOfAddress } from './address-network.js';

const unknown = { system: 0, country: '' };
const blockOf = (address: string): number =>
  networkOfAddress(canonicalAddress(address) ?? address, unknown).block;

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.254', '192.0.3.1'],
    ['2001:db8:1::1', '2001:db8:1:ffff::2', '2001:db8:2::1'],
    ['2001:db8::', '2001:db8:0:9::9', '2001:db9::'],
    ['::ffff:192.0.2.1', '192.0.2.7', '192.0.1.2'],
  ])('has one block for a /24 or /48: %s and %s, not %s', (one, same, other) => {
    expect(blockOf(one)).toBe(blockOf(same));
    expect(blockOf(one)).not.toBe(blockOf(other));
  });

  it('has no block where there is no address', () => {
    for (const text of ['', 'unknown', '1.2.3']) expect(blockOf(text)).toBe(0);
  });

  it('has blocks that hundreds share, so that none of them tells an address', () => {
    const counts = new Map<number, number>();
    for (let index = 0; index < 2 ** 20; index += 1) {
      const block = blockOf(`${index >> 12}.${(index >> 4) & 255}.${(index & 15) * 16}.1`);
      counts.set(block, (counts.get(block) ?? 0) + 1);
    }
    expect(Math.min(...counts.keys())).toBeGreaterThan(0);
    expect(Math.max(...counts.keys())).toBeLessThan(65_536);
    // Of a sixteenth of all blocks of IPv4: 16 for each number, give or take.
    expect(Math.max(...counts.values())).toBeLessThan(64);
    expect(counts.size).toBeGreaterThan(60_000);
  });

  it('has what the databases know', () => {
    expect(networkOfAddress('192.0.2.1', { system: 64496, country: 'DE' })).toMatchObject({
      system: 64496,
      country: 'DE',
    });
  });
});
