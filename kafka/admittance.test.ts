import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../service/errors.js';
import { Admittance } from './admittance.js';

function setUp() {
  const clock = { nowMs: 0 };
  const told: string[] = [];
  const admittance = new Admittance(
    () => clock.nowMs,
    (broker) => void told.push(broker),
  );
  /** True: a connection may be tried now. */
  const mayKnock = (broker: string): boolean => {
    try {
      admittance.knock(broker);
      return true;
    } catch (error) {
      expect(messageOf(error)).toBe(`${broker} says no`);
      return false;
    }
  };
  const refuse = (broker: string, kind: 'login' | 'connection' = 'login'): void =>
    admittance.refused(broker, `${broker} says no`, kind);
  return { clock, told, admittance, mayKnock, refuse };
}

describe('Admittance', () => {
  it('lets everybody knock where nobody was refused', () => {
    const { admittance, mayKnock } = setUp();
    expect([mayKnock('a'), mayKnock('a')]).toEqual([true, true]);
    expect(admittance.problem()).toBeUndefined();
  });

  it('lets one connection knock after 1, 2, 4 … 30 s, whatever all clients want', () => {
    const { clock, mayKnock, refuse } = setUp();
    const knockedAtMs: number[] = [];
    refuse('a');
    for (; clock.nowMs < 100_000; clock.nowMs += 100) {
      for (let client = 0; client < 5; client += 1) {
        if (!mayKnock('a')) continue;
        knockedAtMs.push(clock.nowMs);
        refuse('a');
      }
    }
    const waits = knockedAtMs.map((atMs, index) => atMs - (knockedAtMs[index - 1] ?? 0));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('lets one knock where the clock was set back', () => {
    const { clock, mayKnock, refuse } = setUp();
    clock.nowMs = 7_200_000;
    refuse('a');
    expect(mayKnock('a')).toBe(false);
    clock.nowMs -= 3_600_000;
    expect([mayKnock('a'), mayKnock('a')]).toEqual([true, false]);
    clock.nowMs += 2_000;
    expect(mayKnock('a')).toBe(true);
  });

  it('lets nobody else knock while one is under way', () => {
    const { clock, mayKnock, refuse } = setUp();
    refuse('a');
    clock.nowMs = 1_000;
    expect([mayKnock('a'), mayKnock('a')]).toEqual([true, false]);
  });

  it('lets logins go one after the other, and none after one that was refused meanwhile', async () => {
    const { admittance, refuse } = setUp();
    const tried: number[] = [];
    const logins = [1, 2, 3].map((number) =>
      admittance.login('a', () => {
        tried.push(number);
        if (number === 2) refuse('a');
        return Promise.resolve();
      }),
    );
    const outcomes = await Promise.allSettled(logins);
    expect(tried).toEqual([1, 2]);
    expect(outcomes[2]).toMatchObject({ reason: { message: 'a says no' } });
  });

  it('lets the login of who may knock again go on', async () => {
    const { clock, admittance, mayKnock, refuse } = setUp();
    refuse('a');
    clock.nowMs = 1_000;
    expect(mayKnock('a')).toBe(true);
    await admittance.login('a', async () => {
      await Promise.resolve();
      admittance.admitted('a');
    });
    expect(admittance.problem()).toBeUndefined();
  });

  it('is as before once it was let in', () => {
    const { admittance, mayKnock, refuse } = setUp();
    refuse('a');
    admittance.admitted('a');
    expect(admittance.problem()).toBeUndefined();
    expect([mayKnock('a'), mayKnock('a')]).toEqual([true, true]);
  });

  it('takes a refused login for all brokers’, and a refused connection for one’s', () => {
    const { admittance, refuse } = setUp();
    admittance.admitted('a');
    refuse('b', 'connection');
    expect(admittance.problem()).toBeUndefined();
    refuse('a', 'connection');
    expect(admittance.problem()).toBe('b says no');
    admittance.admitted('a');
    refuse('b', 'login');
    expect(admittance.problem()).toBe('b says no');
  });

  it('forgets what nobody has asked for since', () => {
    const { clock, admittance, refuse } = setUp();
    admittance.admitted('a');
    refuse('gone');
    clock.nowMs = 90_000;
    expect(admittance.problem()).toBeUndefined();
  });

  it('tells of refusals only where it was in before: at the start somebody else does', () => {
    const { told, admittance, refuse } = setUp();
    refuse('a');
    admittance.admitted('a');
    refuse('a');
    expect(told).toEqual(['a']);
  });
});
