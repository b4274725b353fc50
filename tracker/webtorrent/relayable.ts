import { torrentLimits } from '../../protocol/index.js';

const { descriptionBytesMax, descriptionDepthMax } = torrentLimits;

/**
 * The JSON text of an offer or answer as it is relayed; undefined where it is too deep or too
 * large. `sdp`: its SDP as it stands in the frame, where that is known: what is quoted already
 * isn't quoted again.
 */
export function relayableText(description: object, sdp?: string): string | undefined {
  // Before it is written: what is too deep would end the writing with an error.
  if (isDeeperThan(description, descriptionDepthMax)) return undefined;
  const text =
    sdp !== undefined && isPlain(description)
      ? `{"type":${JSON.stringify(description.type)},"sdp":${sdp}}`
      : JSON.stringify(description);
  return Buffer.byteLength(text) > descriptionBytesMax ? undefined : text;
}

const sdpField = '"sdp":"';
const quote = '"';
const backslash = '\\'.charCodeAt(0);

/**
 * What stands behind each `"sdp":` of a JSON text, as it stands there: strings in their quotes, in
 * order. Whatever else the text holds, each is one whole string of it.
 */
export function quotedSdps(text: string): readonly string[] {
  const sdps: string[] = [];
  let at = text.indexOf(sdpField);
  while (at >= 0) {
    const from = at + sdpField.length - 1;
    const end = endOfString(text, from);
    sdps.push(text.slice(from, end));
    at = text.indexOf(sdpField, end);
  }
  return sdps;
}

function endOfString(text: string, from: number): number {
  let end = text.indexOf(quote, from + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf(quote, end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

/** Whether it has what descriptions have, and nothing else. */
function isPlain(
  description: object,
): description is { readonly type: string; readonly sdp: string } {
  const { type, sdp } = description as { readonly type?: unknown; readonly sdp?: unknown };
  return (
    typeof type === 'string' && typeof sdp === 'string' && Object.keys(description).length === 2
  );
}

/** Whether arrays and objects stand in one another more than `levels` deep. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
