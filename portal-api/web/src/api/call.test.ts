import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { portalClock } from '../time/portal-clock.js';
import { call } from './call.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a call', () => {
  it.each([200, 503])(
    'sets the portal’s clock by its answer, also by one of %d',
    async (status) => {
      const portalMs = Date.UTC(2030, 0, 1) + status * 60_000;
      const headers = { date: new Date(portalMs).toUTCString() };
      jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}', { status, headers }));
      await call('/session');
      expect(Math.abs(portalClock.nowMs() - portalMs)).toBeLessThan(5_000);
    },
  );

  it('has the entity tag that changes are made with, also where a proxy has weakened it', async () => {
    const headers = { etag: 'W/"7"' };
    jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}', { headers }));
    expect(await call('/streams/arena')).toMatchObject({ entityTag: '"7"' });
  });
});
