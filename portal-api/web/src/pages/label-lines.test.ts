import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { labelLines, labelsIn } from './label-lines.js';

describe('labels in lines', () => {
  it.each([
    ['plan: free, paid', { plan: ['free', 'paid'] }],
    ['city: "Paris, TX", Rome', { city: ['Paris, TX', 'Rome'] }],
    ['show: "say ""hi"", twice", 6" disk', { show: ['say "hi", twice', '6" disk'] }],
    ['at: 10:30, 11:00', { at: ['10:30', '11:00'] }],
  ])('are told and read alike: %s', (line, labels) => {
    expect([labelLines(labels), labelsIn([line])]).toEqual([line, labels]);
  });

  it.each([
    ['a:b,,c, ', { a: ['b', 'c'] }],
    ['a: "b" c, d', { a: ['"b" c', 'd'] }],
    ['a: "b, c', { a: ['"b', 'c'] }],
    ['a:', { a: [] }],
    ['a', { a: [] }],
  ])('are read as they may be typed: %s', (line, labels) => {
    expect(labelsIn([line])).toEqual(labels);
  });

  it('come back whatever their values are', () => {
    const part = fc.constantFrom(',', '"', ' ', ':', 'a', 'é', '\u00a0');
    const values = fc.array(
      fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.record({ city: values, plan: values }), (labels) => {
        expect(labelsIn(labelLines(labels).split('\n'))).toEqual(labels);
      }),
    );
  });
});
