import type { NeighbourMessage } from '../../schemas/index.js';

export type { NeighbourMessage };

/**
 * Takes what other trackers sent to this one's peers. Its text is a stranger's: everything that is
 * asked of a viewer's frame is asked of it again. False: it makes no sense, and counts as broken.
 */
export type NeighbourReceiver = (message: NeighbourMessage) => boolean;

/** The other trackers, as a dialect sees them: peers of theirs stand in the `SwarmStore`. */
export interface Neighbours {
  /** This tracker's own instance: the first characters of the peer ids that it gives out. */
  readonly instance: string;
  /** True: what is sent to peers of that instance may arrive. */
  isAlive(instance: string): boolean;
  /**
   * Whether who sends, as `origin` tells them apart, may send so many bytes to that instance now;
   * to be asked before each `send`.
   */
  claim(instance: string, origin: string, bytes: number, nowMs: number): boolean;
  /**
   * Sends a text to a peer of another tracker: soon, in order, and without a promise. False when it
   * is dropped at once, since that tracker isn't there or the text is too long.
   */
  send(message: Omit<NeighbourMessage, 'fromInstance'>): boolean;
  /** Has messages of a dialect taken by `receiver`, one for each dialect. */
  receive(dialect: string, receiver: NeighbourReceiver): void;
}
