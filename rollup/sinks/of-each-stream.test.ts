import { describe, expect, it } from '@jest/globals';
import { testCell } from '../testing/cell.js';
import type { UnusableMinute } from '../set-aside.js';
import { ofEachStream } from './of-each-stream.js';
import type { MinuteWrite } from './sink.js';

const cells = [testCell()];
const write: MinuteWrite = {
  minute: 7,
  version: 3,
  totals: ['arena', 'cursed', 'studio'].map((stream) => ({ stream, cells })),
  previous: new Map([['gone', { stream: 'gone', cells }]]),
};

/** The streams of a part, unless it has the cursed one. */
function encode(part: MinuteWrite): string[] {
  const streams = [...part.totals.map(({ stream }) => stream), ...part.previous.keys()];
  if (streams.includes('cursed')) throw new Error('no way');
  return streams;
}

describe('encoding a write', () => {
  it('sets aside the stream that cannot be encoded, and no other', () => {
    const setAside: UnusableMinute[] = [];
    const encoded = ofEachStream(write, (one) => setAside.push(one), 'graphite', encode);
    expect(encoded.flat().sort()).toEqual(['arena', 'gone', 'studio']);
    expect(setAside).toMatchObject([{ where: 'graphite', stream: 'cursed', minute: 7 }]);
  });

  it('is done in one go where all is well', () => {
    let calls = 0;
    const count = (): number => (calls += 1);
    expect(ofEachStream(write, () => undefined, 'graphite', count)).toEqual([1]);
  });
});
