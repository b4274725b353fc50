import { describe, expect, it } from '@jest/globals';
import { AnnounceQueue, pendingMax, type ViewerAnnounce } from './announce-queue.js';

const fields: Omit<ViewerAnnounce, 'number'> = {
  time: 1_700_000_000_000,
  segment: 1,
  state: 'playing',
  watchedMs: 5_000,
  stalledMs: 0,
  stalls: 0,
  cdnBytes: 1,
  peerBytes: 2,
  uploadedBytes: 3,
  peers: 1,
  bufferLengthMs: 1,
  liveLatencyMs: 1,
  throughputKbps: 1,
  droppedFrames: 0,
  errors: 0,
};

describe('the announces of a session', () => {
  it('are numbered from 0 and kept unchanged until they are answered', () => {
    const queue = new AnnounceQueue();
    const made = [queue.add(fields), queue.add({ ...fields, watchedMs: 1 })];
    expect(made.map(({ number }) => number)).toEqual([0, 1]);
    expect(queue.takeToSend()).toEqual(made.map((announce) => ({ announce, isResend: false })));
    expect(queue.settle([0, 7])).toEqual([0]);
    expect(queue.takeToSend()).toEqual([{ announce: made[1], isResend: true }]);
    expect(queue.settle([1, 1])).toEqual([1]);
    expect(queue.size).toBe(0);
  });

  it('that nobody has sent yet are told apart from those without an answer', () => {
    const queue = new AnnounceQueue();
    queue.add(fields);
    queue.takeToSend();
    queue.add(fields);
    expect(queue.sentSize).toBe(1);
    expect(queue.size).toBe(2);
    expect(queue.takeToSend((number) => !queue.wasSent(number))).toHaveLength(1);
    expect(queue.sentSize).toBe(2);
  });

  it('are not made any more once too many wait', () => {
    const queue = new AnnounceQueue();
    while (!queue.isFull) queue.add(fields);
    expect(queue.size).toBe(pendingMax);
    queue.settle([0]);
    expect(queue.isFull).toBe(false);
  });
});
