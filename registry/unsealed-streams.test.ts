import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sealing } from './sealing.js';
import { keptLog, streamNamed } from './testing/examples.js';
import type { RegisteredStream } from './types.js';
import { UnsealedStreams } from './unsealed-streams.js';

const text = (): string => randomBytes(32).toString('base64url');
const [key, secret, plain] = [text(), text(), text()];
const sealing = new Sealing([key]);

function registered(tokenKeys: RegisteredStream['tokenKeys']): RegisteredStream {
  return {
    ...streamNamed('arena', { tokenKeys }),
    revision: 1,
    createdAtMs: 0,
    changedAtMs: 0,
    changedBy: 'me',
  };
}

const stream = registered([
  sealing.sealed('arena', { kid: 'k1', secret }),
  { kid: 'k2', secret: plain },
]);

describe('UnsealedStreams', () => {
  it('has the secrets as their issuers have them, sealed and not', () => {
    const log = keptLog();
    const { tokenKeys, ...others } = new UnsealedStreams(sealing, log, () => 0).of(stream);
    expect(tokenKeys).toEqual([
      { kid: 'k1', secret },
      { kid: 'k2', secret: plain },
    ]);
    expect({ ...others, tokenKeys: stream.tokenKeys }).toEqual(stream);
    expect(log.lines).toEqual([]);
  });

  it('gives a stream that has nothing sealed as it is', () => {
    const open = registered([]);
    expect(new UnsealedStreams(sealing, keptLog(), () => 0).of(open)).toBe(open);
  });

  it('keeps a stream closed whose secret it cannot unseal, and says so once', () => {
    const log = keptLog();
    const streams = new UnsealedStreams(new Sealing([text()]), log, () => 0);
    const [unreadable, other] = streams.of(stream).tokenKeys;
    expect(unreadable?.kid).toBe('k1');
    expect([secret, stream.tokenKeys[0]?.secret, '']).not.toContain(unreadable?.secret);
    expect(unreadable?.secret).toHaveLength(43);
    expect(other?.secret).toBe(plain);
    expect(streams.of(stream)).toBe(streams.of(stream));
    expect(log.lines).toEqual(['error a token key cannot be unsealed: its tokens are refused']);
  });
});
