import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { doubtfulIceUrls, rightIceUrls, wrongIceUrls } from '../testing/ice-url-cases.js';
import { testIceSettings } from '../testing/test-parts.js';
import { iceServersOf, type IceSettings } from './ice-servers.js';

const nowMs = 1_700_000_000_000;
const fixed = { turn_username: 'viewer', turn_password: 'open sesame' };
const limited = { turn_secret: 'shared with coturn' };
const turn = 'turn:turn.example?transport=tcp';

const servers = (changes: Partial<IceSettings>) => iceServersOf({ ...testIceSettings, ...changes });

describe('the ICE servers', () => {
  it.each(rightIceUrls)('may be %j', (url) => {
    const [server] = servers({ ice_servers: [url], ...fixed }).forViewer('peer', nowMs);
    expect(server?.urls).toEqual([url]);
  });

  it.each([...wrongIceUrls, ...doubtfulIceUrls])('may not be %j', (url) => {
    expect(() => servers({ ice_servers: ['stun:right.example', url], ...fixed })).toThrow(
      `setting "ice_servers": "${url}"`,
    );
  });

  it('are told with credentials where they are relays, and without where not', () => {
    const told = servers({ ice_servers: ['stun:stun.example', turn], ...fixed });
    expect(told.forViewer('peer', nowMs)).toEqual([
      { urls: ['stun:stun.example'] },
      { urls: [turn], username: 'viewer', credential: 'open sesame' },
    ]);
    expect(told.lifetimeMs).toBe(Infinity);
  });

  it('give each viewer credentials of its own that end, as coturn checks them', () => {
    const told = servers({ ice_servers: [turn], ...limited, turn_ttl_seconds: 600 });
    const username = '1700000600:peer-1';
    const credential = createHmac('sha1', limited.turn_secret).update(username).digest('base64');
    expect(told.forViewer('peer-1', nowMs + 999)).toEqual([{ urls: [turn], username, credential }]);
    expect(told.forViewer('peer-2', nowMs)[0]?.credential).not.toBe(credential);
    expect(told.lifetimeMs).toBe(600_000);
  });

  it.each<[why: string, changes: Partial<IceSettings>, named: string]>([
    ['a relay without credentials', {}, `"ice_servers": "${turn}" needs credentials`],
    ['a user name without a password', { turn_username: 'viewer' }, 'turn_password'],
    ['a password without a user name', { turn_password: 'open sesame' }, 'turn_username'],
    ['both kinds of credentials', { ...fixed, ...limited }, 'turn_secret'],
    ['half of one beside the other', { turn_username: 'viewer', ...limited }, 'turn_secret'],
    ['too long a user name', { ...fixed, turn_username: 'ü'.repeat(255) }, 'turn_username'],
  ])('are refused with %s, by the setting’s name', (_why, changes, named) => {
    const start = () => servers({ ice_servers: [turn], ...changes });
    expect(start).toThrow(named);
    expect(start).not.toThrow(/sesame|coturn/);
  });
});
