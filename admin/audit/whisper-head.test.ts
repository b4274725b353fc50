import { describe, expect, it } from '@jest/globals';
import { whisperHead } from '../../service/testing/whisper-head.js';
import { headBytesMax, whisperCondition } from './whisper-head.js';

const head = whisperHead([
  { stepS: 60, points: 100 },
  { stepS: 600, points: 50 },
]);
const wholeBytes = head.length + 150 * 12;

describe('the head of a whisper file', () => {
  it('is whole where all that it tells of is there, or more', () => {
    for (const bytes of [wholeBytes, wholeBytes + 1]) {
      expect(whisperCondition(head, bytes)).toEqual({ kind: 'whole' });
    }
  });

  it('is none when it ends anywhere within', () => {
    for (let bytes = 0; bytes < head.length; bytes += 1) {
      expect(whisperCondition(head.subarray(0, bytes), bytes)).toEqual({ kind: 'no_header' });
    }
  });

  it('tells how much is missing when its file ends anywhere behind it', () => {
    for (let bytes = head.length; bytes < wholeBytes; bytes += 1) {
      expect(whisperCondition(head, bytes)).toEqual({ kind: 'cut_off', wholeBytes });
    }
  });

  it.each([
    ['zeros, as a block that was never written', Buffer.alloc(headBytesMax)],
    ['text', Buffer.from('viblast.total.viewers 1 2\n'.repeat(20))],
    ['a way of adding up that nobody has', Buffer.from(head).fill(0xff, 0, 4)],
    ['a share above 1', whisperHead([{ stepS: 60, points: 10 }], { share: 1.5 })],
    ['a share that is no number', whisperHead([{ stepS: 60, points: 10 }], { share: NaN })],
    ['no archives', whisperHead([])],
    ['more archives than there are bytes for', Buffer.from(head).fill(0xff, 12, 16)],
  ])('is none when it has %s', (_what, bytes) => {
    expect(whisperCondition(bytes.subarray(0, headBytesMax), 100_000)).toEqual({
      kind: 'no_header',
    });
  });

  it('is left alone where whisper reads what it would not have made itself', () => {
    const moved = Buffer.from(head);
    moved.writeUInt32BE(wholeBytes * 10, 16);
    expect(whisperCondition(moved, head.length)).toEqual({ kind: 'whole' });
  });
});
