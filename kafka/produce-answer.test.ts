import { describe, expect, it } from '@jest/globals';
import { checkProduceAnswer } from './produce-answer.js';

const good = {
  topicName: 'announces',
  partition: 3,
  errorCode: 0,
  baseOffset: '41',
  logAppendTime: '1700000000000',
};

describe('checkProduceAnswer', () => {
  it('acknowledges an answer for our partition, with offset and stamp', () => {
    expect(checkProduceAnswer([good], 'announces', 3)).toEqual({
      ok: true,
      appended: { partition: 3, baseOffset: 41, logAppendTimeMs: 1_700_000_000_000 },
    });
  });

  it.each([
    ['names another partition', [{ ...good, partition: 4 }]],
    ['names another topic', [{ ...good, topicName: 'registry' }]],
    ['has an error', [{ ...good, errorCode: 6 }]],
    ['is empty, as when the only partition was lost', []],
    ['has more than one partition', [good, good]],
    ['has no offset', [{ ...good, baseOffset: '-1' }]],
  ])('is no acknowledgement, but may be tried again, when it %s', (_name, answer) => {
    expect(checkProduceAnswer(answer, 'announces', 3)).toMatchObject({
      ok: false,
      retryable: true,
    });
  });

  it.each(['-1', undefined])(
    'refuses for good a topic without LogAppendTime (%s)',
    (logAppendTime) => {
      expect(checkProduceAnswer([{ ...good, logAppendTime }], 'announces', 3)).toMatchObject({
        ok: false,
        retryable: false,
      });
    },
  );
});
