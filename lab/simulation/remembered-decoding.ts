import { codec, type Decoded } from '../../schemas/index.js';

let isRemembering = false;

/**
 * Every new owner reads records again that others have read. Decoding gives the same each time and
 * readers don't change what they are given, so here the bytes of a record are decoded once.
 */
export function rememberDecoding(): void {
  if (isRemembering) return;
  isRemembering = true;
  const shared = codec();
  const decode = shared.decode.bind(shared);
  const known = new WeakMap<Buffer, Decoded>();
  shared.decode = (bytes) => {
    if (bytes === null) return decode(bytes);
    let decoded = known.get(bytes);
    if (decoded === undefined) {
      decoded = decode(bytes);
      known.set(bytes, decoded);
    }
    return decoded;
  };
}
