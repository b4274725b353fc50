/** A text on its way from a peer of one tracker to a peer of another. */
export interface NeighbourMessage {
  /** The tracker's instance that has `from`, and vouches for it. */
  readonly fromInstance: string;
  /** The instance that has `to`. */
  readonly toInstance: string;
  /** Whose receiver takes it. */
  readonly dialect: string;
  readonly swarm: string;
  readonly from: string;
  readonly to: string;
  /** The dialect's own word for what it is. */
  readonly kind: string;
  /** The dialect's own text: nobody on the way looks into it. */
  readonly payload: string;
}

/**
 * Takes what other trackers sent to this one's peers. Its text is a stranger's: everything that is
 * asked of a viewer's frame is asked of it again.
 */
export type NeighbourReceiver = (message: NeighbourMessage) => void;

/** The other trackers, as a dialect sees them: peers of theirs stand in the `SwarmStore`. */
export interface Neighbours {
  /** This tracker's own instance: the first characters of the peer ids that it gives out. */
  readonly instance: string;
  /** True: what is sent to peers of that instance may arrive. */
  isAlive(instance: string): boolean;
  /**
   * Sends a text to a peer of another tracker: soon, in order, and without a promise. False when it
   * is dropped at once, since that tracker isn't there or the text is too long.
   */
  send(message: Omit<NeighbourMessage, 'fromInstance'>): boolean;
  /** Has messages of a dialect taken by `receiver`, one for each dialect. */
  receive(dialect: string, receiver: NeighbourReceiver): void;
}
