import type { Admission, AdmissionCheck, JoinRequest } from './check.js';
import { originIsAllowed } from './check-origin.js';
import { streamTakesViewers } from './check-stream.js';
import { checkToken } from './check-token.js';

/** In this order, before the token; the first refusal counts. */
const checks: readonly AdmissionCheck[] = [streamTakesViewers, originIsAllowed];

/** Whether a viewer may join, or why not. */
export async function admit(request: JoinRequest): Promise<Admission> {
  for (const check of checks) {
    const refusal = check(request);
    if (refusal !== undefined) return refusal;
  }
  return checkToken(request);
}
