import type { Answer } from '../api/call.js';
import type { MadeToken } from '../api/shapes.js';

/** The token whose secret is shown: the last that was made, whatever was refused since. */
export function madeAfter(
  answer: Answer<MadeToken>,
  before: MadeToken | undefined,
): MadeToken | undefined {
  return answer.kind === 'ok' ? answer.value : before;
}
