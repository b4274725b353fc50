import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../service/config.js';
import { trackerSettings } from './settings.js';

const load = (environment: Record<string, string>) =>
  loadSettings('tracker', trackerSettings, {
    environment: { VIBLAST_NODE_NAME: 't1', ...environment },
  });

describe("the tracker's settings", () => {
  it('need nothing but a name', () => {
    expect(load({})).toMatchObject({
      tracker_listen_port: 2910,
      announce_interval_seconds: 10,
      batch_announces_max: 512,
      batch_wait_ms: 400,
    });
  });

  it.each([
    ['VIBLAST_ANNOUNCE_INTERVAL_SECONDS', '4', 'announce_interval_seconds'],
    ['VIBLAST_ANNOUNCE_INTERVAL_SECONDS', '51', 'announce_interval_seconds'],
    ['VIBLAST_SESSION_PLAYED_PERCENT_MAX', '99', 'session_played_percent_max'],
    ['VIBLAST_TRACKER_LISTEN_PORT', '70000', 'tracker_listen_port'],
    ['VIBLAST_ICE_SERVERS', 'http://stun.example', 'ice_servers'],
    ['VIBLAST_TRACKER_NODES', 'a,b', 'kafka_brokers'],
  ])('refuse %s=%s and name %s', (name, value, named) => {
    expect(() => load({ [name]: value })).toThrow(named);
  });
});
