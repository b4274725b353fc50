import { describe, expect, it } from '@jest/globals';
import { attacks } from './catalogue.js';
import { attacksWithin, parseHostileOptions } from './options.js';

function parsed(...argv: readonly string[]) {
  let printed = '';
  const result = parseHostileOptions(argv, (text) => (printed += text));
  return { result, printed };
}

describe("the hostile run's options", () => {
  it('are ten minutes of all attacks beside 300 viewers, unless told otherwise', () => {
    const { result } = parsed();
    expect(result).toMatchObject({
      kind: 'options',
      options: { seconds: 600, viewers: 300, attacks },
    });
  });

  it('leave out what a short run cannot show', () => {
    const { result } = parsed('--seconds', '20', '--only', 'offers,too-many-sockets');
    const names = result.kind === 'options' && result.options.attacks.map(({ name }) => name);
    expect(names).toEqual(['offers']);
    expect(attacksWithin(attacks, 600)).toEqual(attacks);
  });

  it('name attacks that there are', () => {
    const { result, printed } = parsed('--only', 'kindness');
    expect(result.kind).toBe('exit');
    expect(printed).toContain('kindness');
  });
});

describe('the attacks', () => {
  it('have a name each', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  });
});
