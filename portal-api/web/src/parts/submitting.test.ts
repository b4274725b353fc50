import { describe, expect, it } from '@jest/globals';
import { submitting } from './submitting.js';

describe('a form that is submitted', () => {
  it('acts once while that goes on, however often it is rendered and clicked, and then again', async () => {
    const form = new EventTarget();
    let acted = 0;
    let end: () => void = () => undefined;
    const act = (): Promise<void> => {
      acted += 1;
      return new Promise((resolve) => (end = resolve));
    };
    const submit = (): boolean => form.dispatchEvent(new Event('submit', { cancelable: true }));
    const rendered = submitting(act);
    form.addEventListener('submit', rendered);
    expect(submit()).toBe(false);
    form.removeEventListener('submit', rendered);
    form.addEventListener('submit', submitting(act));
    submit();
    expect(acted).toBe(1);
    end();
    await new Promise(setImmediate);
    submit();
    expect(acted).toBe(2);
  });
});
