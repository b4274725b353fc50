import type { Answer } from '../api/call.js';

interface InSteps {
  readonly stepMs: number;
}

/** Asks for a range in steps of so long at least. */
type Ask<Value> = (stepMsMin: number) => Promise<Answer<Value>>;
export type Pair<Value> = readonly [Value, Value];

/** Each round asks for what was finer; the second finds those between the steps that are usual. */
const roundsMax = 3;

/**
 * Two ranges in the longer steps of both: of what is old there are no short ones, and a sum of ten
 * minutes beside one of a minute says nothing.
 */
export async function inEqualSteps<Value extends InSteps>(
  asks: Pair<Ask<Value>>,
): Promise<Answer<Pair<Value>>> {
  let [one, other] = await Promise.all([asks[0](0), asks[1](0)]);
  for (let round = 0; round < roundsMax; round += 1) {
    if (one.kind !== 'ok') return one;
    if (other.kind !== 'ok') return other;
    const stepMs = Math.max(one.value.stepMs, other.value.stepMs);
    if (one.value.stepMs < stepMs) one = await asks[0](stepMs);
    else if (other.value.stepMs < stepMs) other = await asks[1](stepMs);
    else break;
  }
  if (one.kind !== 'ok') return one;
  if (other.kind !== 'ok') return other;
  return { kind: 'ok', value: [one.value, other.value], entityTag: '' };
}

/** True: each step of the second, moved by `backMs`, is one of the first. */
export function stepsMeet([one, other]: Pair<InSteps>, backMs: number): boolean {
  return one.stepMs === other.stepMs && backMs % one.stepMs === 0;
}
