import { describe, expect, it } from '@jest/globals';
import { cdnReasonOf } from './cdn-reason.js';

const among = { isAlone: false, isWithoutPeers: false, wantsNone: false };
const playing = { toldReason: undefined, state: 'playing', peers: 0 } as const;

describe('why bytes came from the CDN', () => {
  it.each([
    ['policy', { ...playing, peers: 3 }, { ...among, isAlone: true, isWithoutPeers: true }],
    ['policy', { ...playing, toldReason: 'policy' }, { ...among, isAlone: true }],
    ['alone', { ...playing, toldReason: 'connected', peers: 3 }, { ...among, isAlone: true }],
    ['starting', { ...playing, toldReason: 'starting', peers: 3 }, among],
    ['unconnected', { ...playing, toldReason: 'unconnected', state: 'starting' }, among],
    ['starting', { ...playing, state: 'starting', peers: 3 }, among],
    ['connected', { ...playing, peers: 1 }, among],
    ['unconnected', playing, among],
    ['policy', playing, { ...among, wantsNone: true }],
    ['policy', { ...playing, toldReason: 'unconnected' }, { ...among, wantsNone: true }],
    ['connected', { ...playing, peers: 8 }, { ...among, wantsNone: true }],
    ['connected', { ...playing, toldReason: 'connected' }, { ...among, wantsNone: true }],
  ] as const)('is %s: %j, %j', (reason, report, standing) => {
    expect(cdnReasonOf(report, standing)).toBe(reason);
  });
});
