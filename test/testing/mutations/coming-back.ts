import { mutationsOf } from './source-mutation.js';

const refused = (what: string): string => `is refused where it is one ${what}`;

/** Tickets, join tokens, and what viewers are lent. */
export const comingBackMutations = mutationsOf([
  {
    file: 'tracker/admission/ticket.ts',
    testFile: 'tracker/admission/admission.test.ts',
    edits: [
      {
        name: 'a ticket that nobody signed is taken',
        replace: ' || !isSigned(text, signature, key)',
        by: '',
        noticedBy: refused('with a later end'),
      },
      {
        name: 'a ticket is taken by any stream',
        replace:
          "if (claimed.stream !== stream.key) return wrong('the ticket is for another stream');",
        by: '',
        noticedBy: refused('of another stream'),
      },
      {
        name: 'a ticket is taken from any session',
        replace:
          "if (claimed.session !== session) return wrong('the ticket is for another session');",
        by: '',
        noticedBy: refused('for another session'),
      },
      {
        name: 'a ticket is good for ever',
        replace: "if (nowMs >= untilMs + clockToleranceMs) return { kind: 'expired' };",
        by: '',
        noticedBy: 'has expired after its time, and says so',
      },
      {
        name: 'tickets renew one another for ever',
        replace: 'const untilMs = Math.min(claimed.untilMs, sinceMs + times.totalMs);',
        by: 'const untilMs = claimed.untilMs;',
        noticedBy: 'has expired when a tracker has less time for all of them than the one before',
      },
      {
        name: 'a ticket is made beyond the total time',
        replace: 'Math.min(nowMs + times.lifetimeMs, sinceMs + times.totalMs)',
        by: 'nowMs + times.lifetimeMs',
        noticedBy: 'is not made when the total time is over, or its key is gone',
      },
      {
        name: 'a ticket outlives its token key',
        replace: "Buffer.from(tokenKey.secret, 'base64url')",
        by: "Buffer.from(kid, 'base64url')",
        noticedBy: 'ends with its token key, also when the same kid has another secret',
      },
      {
        name: 'who has the token key can sign tickets',
        replace: "Buffer.from(hkdfSync('sha256', secret, '', 'viblast resume ticket v1', 32))",
        by: 'secret',
        noticedBy: 'is no join token, and a join token is no ticket',
      },
    ],
  },
  {
    file: 'tracker/admission/check-token.ts',
    testFile: 'tracker/admission/admission.test.ts',
    edits: [
      {
        name: 'a token that has expired is told as a wrong one',
        replace: '!(error instanceof errors.JWTExpired)',
        by: 'error instanceof Error',
        noticedBy: 'tells a right token that has expired apart from a wrong one',
      },
      {
        name: 'a ticket makes a wrong token good',
        replace: "(byToken.ok || byToken.code === 'token_refused')",
        by: 'byToken.ok',
        noticedBy: 'does not let in who has a wrong token beside it',
      },
      {
        name: 'a ticket is not taken in place of a token that has expired',
        replace: "(byToken.ok || byToken.code === 'token_refused')",
        by: 'byToken.code !== undefined',
        noticedBy:
          'lets in who has no token, or one that has expired, and keeps when the first one came',
      },
      {
        name: 'a token is taken by any stream',
        replace:
          "if (claims['stream'] !== stream.key) return refuse('the join token is for another stream');",
        by: '',
        noticedBy: 'refuses a token that is for another stream',
      },
      {
        name: 'a token is taken from any session',
        replace:
          "if (claims['session'] !== session) return refuse('the join token is for another session');",
        by: '',
        noticedBy: 'refuses a token that is for another session',
      },
    ],
  },
  {
    file: 'tracker/viblast/lent-credentials.ts',
    testFile: 'tracker/viblast/viewer-session.test.ts',
    edits: [
      {
        name: 'what is lent is not renewed',
        replace: 'return nowMs < this.#renewAtMs ? undefined : this.lend(stream, nowMs);',
        by: 'return nowMs >= 0 ? undefined : this.lend(stream, nowMs);',
        noticedBy:
          'is renewed behind an announce when half of its time is over, while its key is there',
      },
    ],
  },
  {
    file: 'protocol/coming-back.ts',
    testFile: 'protocol/coming-back.test.ts',
    edits: [
      {
        name: 'all viewers come back at the same moment',
        replace: 'const scatter = random();',
        by: 'const scatter = 0.5;',
        noticedBy: 'takes twice as long each time, up to a bound, scattered around it',
      },
      {
        name: 'who cannot come in tries without a pause',
        replace: 'firstDelayMs * 2 ** Math.min(failures, 20)',
        by: 'firstDelayMs',
        noticedBy: 'takes twice as long each time, up to a bound, scattered around it',
      },
      {
        name: 'what the tracker asks for is not kept to',
        replace: ', retryAfterMs * (1 + scatter / 2)',
        by: '',
        noticedBy: 'waits for as long as the answer to the upgrade asks, and not all viewers alike',
      },
    ],
  },
  {
    file: 'tracker/ice/ice-url.ts',
    testFile: 'tracker/ice/ice-servers.test.ts',
    edits: [
      {
        name: 'a STUN server may have a query',
        replace: "if (queries.length > 0 && !isTurn(url)) return 'a STUN server has no query';",
        by: '',
        noticedBy: 'may not be "stun:stun.example?transport=udp"',
      },
      {
        name: 'a TURN server may have any query',
        replace: "query !== 'transport=udp' && query !== 'transport=tcp'",
        by: 'query.length > 1_000',
        noticedBy: 'may not be "turn:turn.example?transport=sctp"',
      },
      {
        name: 'a server may have a fragment',
        replace: "if (rest.includes('#')) return 'it has a fragment';",
        by: '',
        noticedBy: 'may not be "stun:stun.example#part"',
      },
      {
        name: 'a server may have a path or a user',
        replace: '/[/\\\\@"`{}]/',
        by: '/[\\\\"`{}]/',
        noticedBy: 'may not be "turn:user@turn.example"',
      },
      {
        name: 'a port may be anything',
        replace: "if (!URL.canParse(`https://${hostAndPort}`)) return 'its host or port is wrong';",
        by: '',
        noticedBy: 'may not be "stun:stun.example:65536"',
      },
      {
        name: 'port 0 is one',
        replace: 'port !== undefined && Number(port) === 0',
        by: 'port === undefined && Number(port) === 0',
        noticedBy: 'may not be "stun:stun.example:0"',
      },
    ],
  },
  {
    file: 'tracker/ice/ice-servers.ts',
    testFile: 'tracker/ice/ice-servers.test.ts',
    edits: [
      {
        name: 'a relay needs no credentials',
        replace: "turn !== undefined && username === '' && secret === ''",
        by: "turn === '' && username === '' && secret === ''",
        noticedBy: 'are refused with a relay without credentials, by the setting’s name',
      },
      {
        name: 'a user name may be as long as it likes',
        replace: 'Buffer.byteLength(username) > turnUsernameBytesMax',
        by: 'username.length > turnUsernameBytesMax',
        noticedBy: 'are refused with too long a user name, by the setting’s name',
      },
      {
        name: 'all viewers have the same credentials',
        replace: '`${untilSeconds}:${peer}`',
        by: '`${untilSeconds}:viewer`',
        noticedBy: 'give each viewer credentials of its own that end, as coturn checks them',
      },
      {
        name: 'credentials end when they begin',
        replace: 'Math.floor(nowMs / 1_000) + ttlSeconds',
        by: 'Math.floor(nowMs / 1_000)',
        noticedBy: 'give each viewer credentials of its own that end, as coturn checks them',
      },
    ],
  },
]);
