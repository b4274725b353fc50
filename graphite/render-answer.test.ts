import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseColumnsAnswer } from './render-answer.js';

function valuesOf(texts: readonly string[]): number[] | undefined {
  const parsed = parseColumnsAnswer(`a.b,60,240,60|${texts.join(',')}\n`, 1);
  return parsed.ok ? parsed.answer.flatMap(({ values }) => [...values]) : undefined;
}

describe('columns of graphite-web', () => {
  it('have each number as it was written', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.bigInt({ min: 0n, max: 10n ** 17n }))
      .map(([whole, rest]) => `${whole}.${rest}`);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    const whole = fc.maxSafeInteger().map((value) => `${value}.0`);
    fc.assert(
      fc.property(fc.array(fc.oneof(decimal, number, whole), { minLength: 1 }), (texts) => {
        expect(valuesOf(texts)).toEqual(texts.map(Number));
      }),
    );
  });

  it('have NaN where there is none', () => {
    expect(valuesOf(['None', '7', 'nan', 'None', '1e-07'])).toEqual([NaN, 7, NaN, NaN, 1e-7]);
    expect(valuesOf([])).toEqual([]);
  });

  it.each(['1..2', '1,,2', '.', '--1', '1 ', 'none', '1e', ',', '0x10', '1_0'])(
    'have no %j',
    (text) => {
      expect(valuesOf([text, '1'])).toBeUndefined();
    },
  );
});
