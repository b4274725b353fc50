import { describe, expect, it } from '@jest/globals';
import { AcknowledgementRide } from './acknowledgement-ride.js';

describe('acknowledgements that go with the answer to the next announce', () => {
  const steady = () => {
    const ride = new AcknowledgementRide();
    ride.announced(0, false);
    ride.announced(10_000, false);
    return ride;
  };

  it('wait where the viewer announces at a pace, and are there at its next announce', () => {
    const ride = steady();
    expect(ride.board([1], 10_100)).toBe(true);
    expect(ride.board([2, 3], 10_200)).toBe(true);
    expect(ride.dueMs).toBe(25_000);
    expect(ride.announced(20_000, false)).toEqual([1, 2, 3]);
    expect(ride.take()).toEqual([]);
  });

  it('do not wait behind the first announce, nor behind the last', () => {
    const ride = new AcknowledgementRide();
    ride.announced(0, false);
    expect(ride.board([0], 100)).toBe(false);
    const ended = steady();
    ended.announced(20_000, true);
    expect(ended.board([2], 20_100)).toBe(false);
    const left = steady();
    left.end();
    expect(left.board([1], 10_100)).toBe(false);
  });

  it('do not wait for a viewer that is late already, or whose pace is too slow', () => {
    expect(steady().board([1], 25_000)).toBe(false);
    const slow = new AcknowledgementRide();
    slow.announced(0, false);
    slow.announced(50_000, false);
    expect(slow.board([1], 50_100)).toBe(false);
  });

  it('wait in vain once, and not soon again, where a viewer announces when it has its answer', () => {
    const ride = new AcknowledgementRide();
    let nowMs = 0;
    let inVain = 0;
    for (let number = 0; number < 10; number += 1) {
      ride.announced(nowMs, false);
      nowMs += 100;
      if (!ride.board([number], nowMs)) continue;
      nowMs = ride.dueMs;
      expect(ride.takeOverdue()).toEqual([number]);
      inVain += 1;
    }
    expect(inVain).toBe(2);
  });
});
