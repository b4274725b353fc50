import { jwtVerify } from 'jose';
import type { AdmissionCheck, AdmissionRefusal } from './check.js';

/** How far the issuer's clock may be off, in seconds. */
const clockToleranceSeconds = 5;

class UnknownKey extends Error {}

function refuse(detail: string): AdmissionRefusal {
  return { code: 'token_refused', detail };
}

/**
 * Where a stream has token keys, a viewer needs a join token: a JWT (RFC 7519) signed with HS256 by
 * one of them (header `kid`), with an `exp` in the future and claims `stream` and `session` that
 * are the ones it joins with.
 */
export const tokenIsValid: AdmissionCheck = async ({ stream, session, token, nowMs }) => {
  if (stream === undefined || stream.tokenKeys.length === 0) return undefined;
  if (token === undefined) return refuse('the stream asks for a join token');
  let payload: Readonly<Record<string, unknown>>;
  try {
    const verified = await jwtVerify(
      token,
      ({ kid }) => {
        const key = stream.tokenKeys.find((candidate) => candidate.kid === kid);
        if (key === undefined) throw new UnknownKey('unknown kid');
        return Buffer.from(key.secret, 'base64url');
      },
      {
        algorithms: ['HS256'],
        requiredClaims: ['exp', 'stream', 'session'],
        currentDate: new Date(nowMs),
        clockTolerance: clockToleranceSeconds,
      },
    );
    payload = verified.payload;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not verifiable';
    return refuse(`the join token is not valid: ${reason}`);
  }
  if (payload['stream'] !== stream.key) return refuse('the join token is for another stream');
  if (payload['session'] !== session) return refuse('the join token is for another session');
  return undefined;
};
