/** Bytes of a tracker's instance: random at each start, so that no two ever share one. */
export const instanceBytes = 6;
const instanceLength = 8;
const peerBytes = 16;

type RandomBytes = (size: number) => Buffer;

/** A new instance: 8 base64url characters. */
export function newInstance(bytes: RandomBytes): string {
  return bytes(instanceBytes).toString('base64url');
}

/**
 * A peer id of this instance: 22 base64url characters that begin with the instance; the other 80
 * bits are random, so that nobody can guess one.
 */
export function newPeerId(instance: string, bytes: RandomBytes): string {
  return instance + bytes(peerBytes - instanceBytes).toString('base64url');
}

/** The instance that gave out a peer id. */
export function instanceOf(peer: string): string {
  return peer.slice(0, instanceLength);
}
