import { torrentLimits } from '../../protocol/index.js';

/**
 * The JSON text of an offer or answer as it is relayed; undefined where it is too deep or too
 * large.
 */
export function relayableText(description: object): string | undefined {
  const { descriptionBytesMax, descriptionDepthMax } = torrentLimits;
  // Before it is written: what is too deep would end the writing with an error.
  if (isDeeperThan(description, descriptionDepthMax)) return undefined;
  const text = JSON.stringify(description);
  return Buffer.byteLength(text) > descriptionBytesMax ? undefined : text;
}

/** Whether arrays and objects stand in one another more than `levels` deep. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
