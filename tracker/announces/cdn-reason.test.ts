import { describe, expect, it } from '@jest/globals';
import { cdnReasonOf } from './cdn-reason.js';

const among = { isAlone: false, isWithoutPeers: false };
const playing = { toldReason: undefined, state: 'playing', peers: 0 } as const;

describe('why bytes came from the CDN', () => {
  it.each([
    ['policy', { ...playing, peers: 3 }, { isAlone: true, isWithoutPeers: true }],
    ['policy', { ...playing, toldReason: 'policy' }, { ...among, isAlone: true }],
    ['alone', { ...playing, toldReason: 'connected', peers: 3 }, { ...among, isAlone: true }],
    ['starting', { ...playing, toldReason: 'starting', peers: 3 }, among],
    ['unconnected', { ...playing, toldReason: 'unconnected', state: 'starting' }, among],
    ['starting', { ...playing, state: 'starting', peers: 3 }, among],
    ['connected', { ...playing, peers: 1 }, among],
    ['unconnected', playing, among],
  ] as const)('is %s: %j, %j', (reason, report, standing) => {
    expect(cdnReasonOf(report, standing)).toBe(reason);
  });
});
