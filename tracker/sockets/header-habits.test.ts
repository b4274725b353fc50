import { describe, expect, it } from '@jest/globals';
import { HeaderHabits } from './header-habits.js';

const proxy = '10.0.0.5';
const forwardedFor = { 'x-forwarded-for': '198.51.100.77' };
const forwarded = { forwarded: 'for=203.0.113.7' };
const both = { ...forwardedFor, ...forwarded };

describe('the header that a proxy writes', () => {
  it('is the one that came without the other, where both come', () => {
    const habits = new HeaderHabits();
    expect(habits.headerOf(proxy, both)).toBe('either');
    expect(habits.headerOf(proxy, forwarded)).toBe('either');
    expect(habits.headerOf(proxy, both)).toBe('forwarded');
    expect(habits.headerOf('10.0.0.6', both)).toBe('either');
    habits.headerOf('10.0.0.6', forwardedFor);
    expect(habits.headerOf('10.0.0.6', both)).toBe('x-forwarded-for');
  });

  it('is not told by a request that has neither, or an empty one', () => {
    const habits = new HeaderHabits();
    habits.headerOf(proxy, {});
    habits.headerOf(proxy, { 'x-forwarded-for': ' ', forwarded: '' });
    expect(habits.headerOf(proxy, both)).toBe('either');
    habits.headerOf(proxy, { ...forwarded, 'x-forwarded-for': '' });
    expect(habits.headerOf(proxy, both)).toBe('forwarded');
  });
});
