import { expect, it } from '@jest/globals';
import { sumMax } from '../../../metrics/at-least.js';
import { count, marked } from '../format.js';
import { viewersMinutesText } from './viewers-minutes.js';

it.each([
  [60_000, "30 viewers' minutes"],
  [600_000, "300 viewers' minutes"],
  [6_000, "3 viewers' minutes"],
])('tells steps of %d ms as minutes', (stepMs, text) => {
  expect(viewersMinutesText(30, stepMs)).toBe(text);
});

it('marks what is at least that much, whether steps are longer than a minute or shorter', () => {
  const most = `${marked(count(sumMax), true)} viewers' minutes`;
  expect(viewersMinutesText(sumMax, 600_000)).toBe(most);
  const tenth = `${marked(count(sumMax / 10), true)} viewers' minutes`;
  expect(viewersMinutesText(sumMax, 6_000)).toBe(tenth);
});
