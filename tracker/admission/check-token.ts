import { errors, jwtVerify } from 'jose';
import type { RegisteredStream } from '../../registry/index.js';
import {
  refuseJoin,
  type Admission,
  type AdmissionCheck,
  type AdmissionRefusal,
  type JoinRequest,
} from './check.js';
import { viewerLengthMax } from '../facets/viewer-pseudonym.js';
import { checkTicket, type Grant } from './ticket.js';

/** How far the issuer's clock may be off, in seconds. */
const clockToleranceSeconds = 5;

class UnknownKey extends Error {}

function refuse(detail: string): AdmissionRefusal {
  return refuseJoin('token_refused', detail);
}

/**
 * Where a stream has token keys, a viewer needs a join token: a JWT (RFC 7519) signed with HS256 by
 * one of them (header `kid`), with an `exp` in the future and claims `stream` and `session` that
 * are the ones it joins with; a claim `viewer` says who watches. In place of one that is right but
 * has expired, or that isn't told, a ticket from an earlier welcome is taken.
 */
export const tokenIsRight: AdmissionCheck = (request) => {
  const { stream } = request;
  if (stream === undefined || stream.tokenKeys.length === 0) return undefined;
  return checkToken(request, stream);
};

async function checkToken(request: JoinRequest, stream: RegisteredStream): Promise<Admission> {
  const { token, ticket } = request;
  const byToken = token === undefined ? undefined : await verifyToken(token, stream, request);
  if (byToken !== undefined && (byToken.ok || byToken.code === 'token_refused')) return byToken;
  if (ticket !== undefined) return useTicket(ticket, stream, request);
  return byToken ?? refuse('the stream asks for a join token');
}

function useTicket(
  ticket: string,
  stream: RegisteredStream,
  { session, ticketTimes, nowMs }: JoinRequest,
): Admission {
  const checked = checkTicket(ticket, stream, session, ticketTimes, nowMs);
  switch (checked.kind) {
    case 'valid':
      return { ok: true, grant: checked.grant };
    case 'expired':
      return refuseJoin('token_expired', 'the ticket has expired: come with a new join token');
    case 'wrong':
      return refuse(checked.detail);
  }
}

async function verifyToken(
  token: string,
  stream: RegisteredStream,
  { session, nowMs }: JoinRequest,
): Promise<Admission> {
  let claims: Readonly<Record<string, unknown>>;
  let grant: Grant | undefined;
  try {
    const { payload, protectedHeader } = await jwtVerify(
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
    claims = payload;
    const { viewer } = payload;
    const isNamed = typeof viewer === 'string' && viewer.length <= viewerLengthMax;
    grant = {
      kid: protectedHeader.kid ?? '',
      sinceMs: nowMs,
      viewer: isNamed ? viewer : undefined,
    };
  } catch (error) {
    // The signature is verified before the times are looked at.
    if (!(error instanceof errors.JWTExpired)) {
      const reason = error instanceof Error ? error.message : 'not verifiable';
      return refuse(`the join token is not valid: ${reason}`);
    }
    claims = error.payload;
  }
  if (claims['stream'] !== stream.key) return refuse('the join token is for another stream');
  if (claims['session'] !== session) return refuse('the join token is for another session');
  if (grant === undefined) return refuseJoin('token_expired', 'the join token has expired');
  return { ok: true, grant };
}
