import type { Admission, AdmissionCheck, JoinRequest } from './check.js';
import { originIsAllowed } from './check-origin.js';
import { streamTakesViewers } from './check-stream.js';
import { tokenIsRight } from './check-token.js';

/**
 * In this order; the first that decides counts. Before a viewer has a socket other checks are made:
 * tracker/sockets/upgrade-checks.ts.
 */
const checks: readonly AdmissionCheck[] = [streamTakesViewers, originIsAllowed, tokenIsRight];

/** Whether a viewer may join, or why not, whatever dialect it speaks. */
export function admit(request: JoinRequest): Admission | Promise<Admission> {
  for (const check of checks) {
    const admission = check(request);
    if (admission !== undefined) return admission;
  }
  return { ok: true, grant: undefined };
}
