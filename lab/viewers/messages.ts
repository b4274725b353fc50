/** The part of viblast.v1 that a tracker says, as far as a simulated viewer listens. */
export type TrackerMessage =
  | {
      readonly type: 'welcome';
      readonly peer: string;
      readonly time: number;
      readonly announceIntervalMs: number;
      readonly limits?: { readonly announcesMax?: number };
    }
  | {
      readonly type: 'peers';
      readonly time: number;
      readonly peers: readonly { readonly peer: string }[];
    }
  | { readonly type: 'acknowledged'; readonly numbers: readonly number[] }
  | { readonly type: 'refused'; readonly numbers: readonly number[]; readonly reason: string }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
      readonly numbers?: readonly number[];
    }
  | { readonly type: 'signal'; readonly from: string; readonly kind: string }
  | { readonly type: 'reconnect'; readonly afterMs: number };

const knownTypes: readonly string[] = [
  'welcome',
  'peers',
  'acknowledged',
  'refused',
  'error',
  'signal',
  'reconnect',
];

/** The message, or undefined when it is of no type that is known here. */
export function parseTrackerMessage(text: string): TrackerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (typeof value.type !== 'string' || !knownTypes.includes(value.type)) return undefined;
  // The tracker's own tests hold the shapes; here a wrong one ends the run, which is wanted.
  return value as TrackerMessage;
}
