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
    expect(parseMessage(JSON.stringify({ ...hello, session: undefined }))).toEqual({
      ok: false,
      code: 'bad_message',
      detail: 'hello: session is missing',
    });
    const wrong = parseMessage(JSON.stringify({ ...hello, stream: 7 }));
    expect(wrong.ok ? '' : wrong.detail).toMatch(/^hello: stream must be/);
  });

  it('takes a hello as if it had not told credentials that are none', () => {
    for (const [field, value] of [
      ['token', null],
      ['token', 7],
      ['token', 'x'.repeat(5_000)],
      ['ticket', {}],
      ['ticket', 'x'.repeat(5_000)],
    ] as const) {
      const told = JSON.stringify({ ...hello, [field]: value });
      expect(parseMessage(told)).toEqual({ ok: true, message: hello });
    }
    const both = { ...hello, token: {}, ticket: ['…'], mood: 'good' };
    expect(parseMessage(JSON.stringify(both))).toEqual({
      ok: true,
      message: { ...hello, mood: 'good' },
    });
  });

  it('refuses no hello for what it tells of the browser', () => {
    for (const told of ['Opera', null, 7, [], {}]) {
      const message = { ...hello, browser: told, brands: told };
      expect(parseMessage(JSON.stringify(message))).toEqual({ ok: true, message });
    }
  });

  it.each([
    [undefined, 8],
    [null, 8],
    ['12', 8],
    [0, 0],
    [-5, 0],
    [7.6, 8],
    [31, 30],
    [1e300, 30],
  ])('takes %j peers wanted for %i', (peersWanted, becomes) => {
    const parsed = parseMessage(JSON.stringify({ type: 'announce', announces: [], peersWanted }));
    expect(parsed).toMatchObject({ ok: true, message: { type: 'announce', peersWanted: becomes } });
  });

  it('measures a message in bytes, not in characters', () => {
    const text = JSON.stringify({ ...hello, mood: 'ü'.repeat(40_000) });
    expect(parseMessage(text)).toMatchObject({ ok: false, code: 'message_too_large' });
  });

  it('takes signals that are nested as deep as said, and none that could not be relayed', () => {
    const signal = (levels: number): string =>
      `{"type":"signal","to":"AAAAAAAAAAAAAAAAAAAAAA","kind":"offer","negotiation":"n","data":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
    expect(parseMessage(signal(protocolLimits.signalDepthMax)).ok).toBe(true);
    expect(parseMessage(signal(protocolLimits.signalDepthMax + 1))).toEqual({
      ok: false,
      code: 'bad_message',
      detail: 'signal: it is more than 16 levels deep',
    });
  });

  it('takes of the connected peers what can be read, and no report for the rest', () => {
    const { connectedPeersMax } = protocolLimits;
    for (const [told, connectedPeers] of [
      ...[undefined, null, 'x', 7, {}].map((wrong) => [wrong, []]),
      [
        ['a', 7, null, 'b', {}],
        ['a', 'b'],
      ],
      [Array(1_000).fill('a'), Array(connectedPeersMax).fill('a')],
    ]) {
      const message = { type: 'announce', announces: [], connectedPeers: told };
      expect(parseMessage(JSON.stringify(message))).toMatchObject({ message: { connectedPeers } });
    }
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
