import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../api/call.js';
import { inEqualSteps, stepsMeet } from './equal-steps.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const away: Answer<never> = { kind: 'unreachable' };

/** A range as the API tells it: in its own steps, or in usual ones that are long enough. */
function rangeOf(ownMinutes: number) {
  const asked: number[] = [];
  const ask = (stepMsMin: number): Promise<Answer<{ stepMs: number }>> => {
    asked.push(stepMsMin);
    const minutes = [ownMinutes, 10, 30, 60].find((one) => one * minuteMs >= stepMsMin) ?? 0;
    const value = { stepMs: Math.max(ownMinutes, minutes) * minuteMs };
    return Promise.resolve({ kind: 'ok', value, entityTag: '' });
  };
  return { ask, asked };
}

async function stepsOf(one: number, other: number): Promise<unknown> {
  const answer = await inEqualSteps([rangeOf(one).ask, rangeOf(other).ask]);
  return answer.kind === 'ok' ? answer.value.map(({ stepMs }) => stepMs / minuteMs) : answer;
}

describe('two ranges', () => {
  it('are told in the longer steps of both', async () => {
    expect(await stepsOf(1, 10)).toEqual([10, 10]);
    expect(await stepsOf(30, 1)).toEqual([30, 30]);
  });

  it('are told in equal steps where one has steps that nobody can ask for', async () => {
    expect(await stepsOf(5, 1)).toEqual([10, 10]);
  });

  it('are asked for once where their steps are equal', async () => {
    const [one, other] = [rangeOf(10), rangeOf(10)];
    await inEqualSteps([one.ask, other.ask]);
    expect([one.asked, other.asked]).toEqual([[0], [0]]);
  });

  it('fail as one of them does, the first time or later', async () => {
    const { ask } = rangeOf(1);
    expect(await inEqualSteps([() => Promise.resolve(away), ask])).toEqual(away);
    const once = (stepMsMin: number) => (stepMsMin === 0 ? ask(0) : Promise.resolve(away));
    expect(await inEqualSteps([once, rangeOf(10).ask])).toEqual(away);
    expect(await inEqualSteps([rangeOf(10).ask, once])).toEqual(away);
  });
});

describe('steps', () => {
  it.each([
    [10, 10, 0, true],
    [10, 10, 1, true],
    [1, 10, 0, false],
    [360, 360, 1, false],
    [360, 360, 24, true],
  ])('of %d and of %d minutes meet %d hours later: %j', (one, other, hours, expected) => {
    const pair = [{ stepMs: one * minuteMs }, { stepMs: other * minuteMs }] as const;
    expect(stepsMeet(pair, hours * hourMs)).toBe(expected);
  });
});
