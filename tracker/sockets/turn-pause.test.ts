import { describe, expect, it } from '@jest/globals';
import { TurnPause } from './turn-pause.js';

describe('the pause after a turn', () => {
  function pauses(turns: readonly { afterMs: number; sockets: number }[], isCrowded = true) {
    let nowMs = 0;
    const held: number[] = [];
    const pause = new TurnPause({
      isCrowded: () => isCrowded,
      pauseMs: 4,
      hold: (durationMs) => {
        held.push(nowMs);
        nowMs += durationMs;
      },
      now: () => nowMs,
    });
    for (const { afterMs, sockets } of turns) {
      nowMs += afterMs;
      pause.afterTurn(sockets);
    }
    return held;
  }

  it('gathers what comes one by one, from the second turn on', () => {
    const turns = Array.from({ length: 4 }, () => ({ afterMs: 1, sockets: 1 }));
    expect(pauses(turns)).toEqual([2, 7, 12]);
  });

  it('is not made where turns have enough to do, or are far apart, or sockets are few', () => {
    const many = Array.from({ length: 4 }, () => ({ afterMs: 1, sockets: 16 }));
    const seldom = Array.from({ length: 4 }, () => ({ afterMs: 10, sockets: 1 }));
    const few = Array.from({ length: 4 }, () => ({ afterMs: 1, sockets: 1 }));
    expect([pauses(many), pauses(seldom), pauses(few, false)]).toEqual([[], [], []]);
  });

  it('holds the thread up for about that long', () => {
    const pause = new TurnPause({ isCrowded: () => true, pauseMs: 20 });
    pause.afterTurn(1);
    const startedAtMs = performance.now();
    pause.afterTurn(1);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(19);
    expect(pause.heldMs).toBeGreaterThanOrEqual(19);
  });
});
