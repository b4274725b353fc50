import type { Admission, AdmissionCheck, JoinRequest } from './check.js';
import { originIsAllowed } from './check-origin.js';
import { streamTakesViewers } from './check-stream.js';
import { checkToken } from './check-token.js';

/** In this order, before the token; the first refusal counts. */
const checks: readonly AdmissionCheck[] = [streamTakesViewers, originIsAllowed];

/** Whether a viewer may join, or why not, whatever dialect it speaks. */
export async function admit(request: JoinRequest): Promise<Admission> {
  return admitAtOnce(request) ?? checkToken(request);
}

/** As `admit`; undefined where the stream asks for a token, since to check it takes its time. */
export function admitAtOnce(request: JoinRequest): Admission | undefined {
  for (const check of checks) {
    const refusal = check(request);
    if (refusal !== undefined) return refusal;
  }
  return request.stream?.tokenKeys.length === 0 ? { ok: true, grant: undefined } : undefined;
}
