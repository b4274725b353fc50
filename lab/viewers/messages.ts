import { serverMessages, type ServerMessage } from '../../protocol/index.js';

/** The tracker's message, or undefined when it is of no type that the protocol has. */
export function parseTrackerMessage(text: string): ServerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (typeof value.type !== 'string' || !Object.hasOwn(serverMessages, value.type)) {
    return undefined;
  }
  // The tracker's own tests hold the shapes; here a wrong one ends the run, which is wanted.
  return value as ServerMessage;
}
