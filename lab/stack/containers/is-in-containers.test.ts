import { afterEach, describe, expect, it } from '@jest/globals';
import { isInContainers } from './is-in-containers.js';

describe('what the stack is of', () => {
  const before = process.env['STACK'];
  afterEach(() => {
    if (before === undefined) delete process.env['STACK'];
    else process.env['STACK'] = before;
  });

  it.each([
    [undefined, false],
    ['local', false],
    ['containers', true],
  ])('is told by STACK=%s', (kind, expected) => {
    delete process.env['STACK'];
    if (kind !== undefined) process.env['STACK'] = kind;
    expect(isInContainers()).toBe(expected);
  });

  it('refuses a kind that there is not, so that nothing is tested by mistake', () => {
    process.env['STACK'] = 'container';
    expect(() => isInContainers()).toThrow(/STACK is "container"/);
  });
});
