import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { protocolLimits } from '../../protocol/index.js';
import { parseMessage } from './parse-message.js';

const hello = { type: 'hello', stream: 'arena', session: 'AAAAAAAAAAAAAAAAAAAAAA' };

describe('parsing a message', () => {
  it('takes what the protocol says, and ignores fields of later versions', () => {
    const message = { ...hello, browser: 'Edge', mood: 'good' };
    expect(parseMessage(JSON.stringify(message))).toEqual({ ok: true, message });
  });

  it('names the field', () => {
    const announces = [{ number: 0, time: 1 }, { number: 1 }];
    expect(parseMessage(JSON.stringify({ type: 'announce', announces }))).toEqual({
      ok: false,
      code: 'bad_message',
      detail: 'announce: announces[1].time is missing',
    });
    const wrong = parseMessage(JSON.stringify({ ...hello, token: 7 }));
    expect(wrong.ok ? '' : wrong.detail).toMatch(/^hello: token must be/);
  });

  it('refuses no hello for what it tells of the browser', () => {
    for (const told of ['Opera', null, 7, [], {}]) {
      const message = { ...hello, browser: told, brands: told };
      expect(parseMessage(JSON.stringify(message))).toEqual({ ok: true, message });
    }
  });

  it('measures a message in bytes, not in characters', () => {
    const text = JSON.stringify({ ...hello, mood: 'ü'.repeat(40_000) });
    expect(parseMessage(text)).toMatchObject({ ok: false, code: 'message_too_large' });
  });

  it('takes signals that are nested as deep as said, and none that could not be relayed', () => {
    const signal = (levels: number): string =>
      `{"type":"signal","to":"AAAAAAAAAAAAAAAAAAAAAA","kind":"offer","data":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
    expect(parseMessage(signal(protocolLimits.signalDepthMax)).ok).toBe(true);
    expect(parseMessage(signal(protocolLimits.signalDepthMax + 1))).toEqual({
      ok: false,
      code: 'bad_message',
      detail: 'signal: data is more than 16 levels deep',
    });
  });

  it('never throws, whatever comes', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('hello', 'announce', 'signal', 'leave'),
          announces: fc.anything(),
          data: fc.anything(),
          session: fc.anything(),
        })
        .map((value) =>
          JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? 0 : part)),
        ),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseMessage(text);
        if (!parsed.ok) expect(parsed.detail).not.toBe('');
      }),
    );
  });
});
