import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agentAnswer, type AgentView } from './agent-answer.js';

const view: AgentView = {
  isDraining: false,
  load: 0,
  socketsMax: 10_000,
  isNew: false,
};

describe('the answer to an agent check', () => {
  it.each([
    [{}, 'up 100% maxconn:10000\n'],
    [{ load: 0.7 }, 'up 100% maxconn:10000\n'],
    [{ load: 0.85 }, 'up 50% maxconn:10000\n'],
    [{ load: 1 }, 'up 1% maxconn:10000\n'],
    [{ isNew: true }, 'ready up 100% maxconn:10000\n'],
    [{ isDraining: true }, 'drain\n'],
    [{ isDraining: true, isNew: true }, 'drain\n'],
  ])('of %j is %j', (changes, answer) => {
    expect(agentAnswer({ ...view, ...changes })).toBe(answer);
  });

  it('takes nobody out who is only busy', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (load) => {
        expect(agentAnswer({ ...view, load })).toMatch(/^up ([1-9]|[1-9]\d|100)% /);
      }),
    );
  });
});
