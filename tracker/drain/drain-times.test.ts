import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../service/config.js';
import { trackerSettings } from '../settings.js';
import { drainTimes } from './drain-times.js';

const times = (environment: Record<string, string> = {}) =>
  drainTimes(
    loadSettings('tracker', trackerSettings, {
      environment: { VIBLAST_NODE_NAME: 't1', ...environment },
    }),
  );

describe('the times of a drain', () => {
  it('grow with the sockets, from a least on', () => {
    const { spreadMs } = times({ VIBLAST_DRAIN_SECONDS: '3' });
    expect([0, 1_000, 2_000, 10_000].map(spreadMs)).toEqual([3_000, 3_000, 4_000, 20_000]);
  });

  it('leave enough of the stop deadline to write what was taken', () => {
    expect(times().flushMs).toBeGreaterThanOrEqual(4_000);
    expect(times({ VIBLAST_SOCKETS_MAX: '20000' }).flushMs).toBeGreaterThanOrEqual(4_000);
  });

  it.each([
    [{ VIBLAST_SOCKETS_MAX: '40000' }, '93'],
    [{ VIBLAST_DRAIN_SECONDS: '50' }, '63'],
    [{ VIBLAST_STOP_DEADLINE_SECONDS: '20' }, '33'],
    [{ VIBLAST_DRAIN_SOCKETS_PER_SECOND: '100' }, '113'],
  ])('are refused where a full tracker would not be drained in time: %j', (environment, needed) => {
    expect(() => times(environment)).toThrow(
      `setting "stop_deadline_seconds" must be at least ${needed}`,
    );
    expect(() => times({ ...environment, VIBLAST_STOP_DEADLINE_SECONDS: needed })).not.toThrow();
  });
});
