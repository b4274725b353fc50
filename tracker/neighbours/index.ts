/**
 * One swarm over all trackers. A tracker whose own swarm is small tells the others whom it has;
 * peers that others told of stand in the `SwarmStore` beside its own, with the `instance` that has
 * them, and are chosen like any other. What is meant for such a peer goes by `Neighbours.send`, and
 * what comes from one by `Neighbours.receive`; both carry a dialect's own text and don't read it.
 *
 * A dialect asks of a peer whether `instance` is its own ('' in the store), keeps the bounds of its
 * viewers before it sends, and those of the one meant, again, when it receives.
 */
export { meetNeighbours } from './meet-neighbours.js';
export type { NeighbourMessage, NeighbourReceiver, Neighbours } from './neighbours.js';
export { instanceOf, newInstance, newPeerId } from './peer-ids.js';
