import { closeCodes, type CloseCode } from './codes.js';

/**
 * When a viewer comes back after its socket was closed: the first time after `firstDelayMs`, after
 * twice as long each further time until it is welcomed, `delayMsMax` at most; each time at random
 * between half and one and a half of that.
 */
export interface ComingBack {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** True: only with a new join token, of which the page has to be asked. */
  readonly needsNewToken: boolean;
}

/** The code of a socket that was lost, or never stood, without a close. */
export const lostCode = 1006;

const after = (firstDelayMs: number, delayMsMax: number): ComingBack => ({
  firstDelayMs,
  delayMsMax,
  needsNewToken: false,
});
const soon = after(500, 10_000);
const withNewToken: ComingBack = { ...soon, needsNewToken: true };
/** The same will be refused again, until somebody has changed something. */
const late = after(60_000, 600_000);

/** What a viewer does after each code; undefined: it doesn't come back. */
export const comingBack: Readonly<Record<CloseCode | typeof lostCode, ComingBack | undefined>> = {
  [closeCodes.left]: undefined,
  [closeCodes.stopping]: soon,
  [closeCodes.unsupportedSubprotocol]: undefined,
  [lostCode]: soon,
  [closeCodes.notText]: late,
  [closeCodes.tooManyPieces]: late,
  [closeCodes.tooLarge]: late,
  [closeCodes.internal]: after(5_000, 60_000),
  [closeCodes.badMessages]: late,
  [closeCodes.tokenRefused]: withNewToken,
  [closeCodes.originRefused]: undefined,
  [closeCodes.unknownStream]: late,
  [closeCodes.noHello]: soon,
  [closeCodes.tokenExpired]: withNewToken,
  [closeCodes.tooManyMessages]: after(10_000, 300_000),
};

/** The rule for a code as a socket tells it; one that isn't listed counts as a lost socket. */
export function comingBackAfter(code: number): ComingBack | undefined {
  return Object.hasOwn(comingBack, code) ? comingBack[code as CloseCode] : soon;
}

/**
 * Milliseconds to wait before the next try; `failures`: tries since the last welcome; `random`:
 * from 0 up to 1; `retryAfterMs`: what an answer to the upgrade asked for, scattered as well.
 */
export function comingBackDelayMs(
  { firstDelayMs, delayMsMax }: ComingBack,
  failures: number,
  random: () => number,
  retryAfterMs = 0,
): number {
  const delayMs = Math.min(delayMsMax, firstDelayMs * 2 ** Math.min(failures, 20));
  const scatter = random();
  return Math.max(delayMs * (0.5 + scatter), retryAfterMs * (1 + scatter / 2));
}
