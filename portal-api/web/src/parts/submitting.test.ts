import { expect, it } from '@jest/globals';
import { submitting } from './submitting.js';

it('submits a form once while that is under way, whatever is rendered meanwhile', async () => {
  const form = new EventTarget();
  const ends: (() => void)[] = [];
  const submit = (): Event => {
    const event = new Event('submit', { cancelable: true });
    const act = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    form.addEventListener('submit', submitting(act), { once: true });
    form.dispatchEvent(event);
    return event;
  };
  submit();
  expect(submit().defaultPrevented).toBe(true);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await new Promise(setImmediate);
  submit();
  expect(ends).toHaveLength(2);
});
