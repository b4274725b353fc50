import type { AdmissionCheck, AdmissionRefusal, JoinRequest } from './check.js';
import { originIsAllowed } from './check-origin.js';
import { streamTakesViewers } from './check-stream.js';
import { tokenIsValid } from './check-token.js';

/** In this order; the first refusal counts. */
const checks: readonly AdmissionCheck[] = [streamTakesViewers, originIsAllowed, tokenIsValid];

/** Whether a viewer may join: undefined, or why not. */
export async function admit(request: JoinRequest): Promise<AdmissionRefusal | undefined> {
  for (const check of checks) {
    const refusal = await check(request);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
