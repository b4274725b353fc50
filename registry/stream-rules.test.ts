import { describe, expect, it } from '@jest/globals';
import { streamNamed } from './testing/examples.js';
import { isStreamKey, loggedStreamError, streamError, streamLimits } from './stream-rules.js';
import type { StreamSettings } from './types.js';

const secret = Buffer.alloc(32, 7).toString('base64url');

function errorOf(change: Partial<StreamSettings>): string | undefined {
  return streamError(streamNamed('arena-main', change));
}

describe('stream rules', () => {
  it.each(['a', 'arena-main', 'A.b_c:d@e-9', '9', 'x'.repeat(100)])('take the key %s', (key) => {
    expect(isStreamKey(key)).toBe(true);
  });

  it.each(['', '*', '-a', '.a', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(101)])(
    'refuse the key %j',
    (key) => {
      expect(streamError(streamNamed(key))).toMatch(/^key: /);
    },
  );

  it('refuse names that Graphite could keep in no file', () => {
    const key = `a${'.'.repeat(80)}`;
    expect(isStreamKey(key)).toBe(false);
    expect(streamError(streamNamed(key))).toMatch(/^key: /);
    expect(isStreamKey(key.slice(1, 79).replace('.', 'a'))).toBe(true);
    expect(errorOf({ renditions: ['画'.repeat(26)] })).toBeUndefined();
    expect(errorOf({ renditions: ['画'.repeat(27)] })).toMatch(/^renditions\[0\]: /);
  });

  it('take a stream with all fields filled', () => {
    expect(
      errorOf({
        title: 'Arena – Hauptbühne 🎬',
        origins: ['https://a.example', 'https://*.a.example', 'https://a.example:8443'],
        tokenKeys: [
          { kid: 'one', secret },
          { kid: 'two', secret },
        ],
        renditions: ['720p', 'audio only'],
      }),
    ).toBeUndefined();
  });

  it('bound the title', () => {
    expect(errorOf({ title: 'x'.repeat(200) })).toBeUndefined();
    expect(errorOf({ title: 'x'.repeat(201) })).toMatch(/^title: /);
    expect(errorOf({ title: 'a\u0007' })).toMatch(/^title: /);
    expect(errorOf({ title: 'a\ud800' })).toMatch(/^title: /);
  });

  it.each([
    'https://a.example:8443',
    'https://*.a.example:8443',
    'https://xn--bcher-kva.example',
    'http://localhost:8080',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('take the origin %s', (origin) => {
    expect(errorOf({ origins: [origin] })).toBeUndefined();
  });

  it.each([
    '',
    '*',
    'null',
    'a.example',
    'https://',
    'https://*',
    'https://*.',
    'https://a.*.example',
    'https://*.*.example',
    'https://a.example/',
    'https://a.example/path',
    'https://a.example:443',
    'https://A.example',
    'https://user@a.example',
    'https://bücher.example',
    'http://a.example',
    'http://*.localhost',
    'ws://a.example',
    ` https://a.example`,
    `https://${'a'.repeat(300)}.example`,
  ])('refuse the origin %j by its place', (origin) => {
    expect(errorOf({ origins: ['https://fine.example', origin] })).toMatch(/^origins\[1\]: /);
  });

  it('bound the origins and refuse repeated ones', () => {
    const origins = Array.from({ length: 101 }, (_, index) => `https://h${index}.example`);
    expect(errorOf({ origins: origins.slice(1) })).toBeUndefined();
    expect(errorOf({ origins })).toMatch(/^origins: /);
    expect(errorOf({ origins: ['https://a.example', 'https://a.example'] })).toMatch(
      /^origins\[1\]: /,
    );
  });

  it('want keys for tokens with an id and a secret of 32 bytes', () => {
    const short = Buffer.alloc(31).toString('base64url');
    expect(errorOf({ tokenKeys: [{ kid: 'k', secret: short }] })).toMatch(
      /^tokenKeys\[0\]\.secret: /,
    );
    expect(errorOf({ tokenKeys: [{ kid: 'k', secret: `${secret}==` }] })).toMatch(/secret/);
    expect(errorOf({ tokenKeys: [{ kid: 'k', secret: 'a'.repeat(1_025) }] })).toMatch(/secret/);
    expect(errorOf({ tokenKeys: [{ kid: '', secret }] })).toMatch(/^tokenKeys\[0\]\.kid: /);
    expect(errorOf({ tokenKeys: [{ kid: 'k'.repeat(65), secret }] })).toMatch(/kid/);
    const twice = [
      { kid: 'k', secret },
      { kid: 'k', secret },
    ];
    expect(errorOf({ tokenKeys: twice })).toMatch(/^tokenKeys\[1\]\.kid: /);
    const eleven = Array.from({ length: 11 }, (_, index) => ({ kid: `k${index}`, secret }));
    expect(errorOf({ tokenKeys: eleven.slice(1) })).toBeUndefined();
    expect(errorOf({ tokenKeys: eleven })).toMatch(/^tokenKeys: /);
  });

  it('never tell a secret in what they say', () => {
    const bad = `${'s'.repeat(40)}!`;
    expect(errorOf({ tokenKeys: [{ kid: 'k', secret: bad }] })).not.toContain('sss');
  });

  it('want renditions with distinct names that mean nothing else', () => {
    const many = Array.from({ length: 33 }, (_, index) => `r${index}`);
    expect(errorOf({ renditions: many.slice(1) })).toBeUndefined();
    expect(errorOf({ renditions: many })).toMatch(/^renditions: /);
    for (const name of ['', 'x'.repeat(streamLimits.renditionLengthMax + 1), 'a\tb', 'a\udc00']) {
      expect(errorOf({ renditions: ['720p', name] })).toMatch(/^renditions\[1\]: /);
    }
    expect(errorOf({ renditions: ['other'] })).toMatch(/^renditions\[0\]: .*"other"/);
    expect(errorOf({ renditions: ['unknown'] })).toMatch(/^renditions\[0\]: .*"unknown"/);
    expect(errorOf({ renditions: ['720p', '720p'] })).toMatch(/^renditions\[1\]: /);
  });

  it('take renditions that name the usual quality they count as', () => {
    const renditions = ['hd=720p', 'sd=480p', 'uhd=2160p', 'audio only', '1080p', 'a=b=144p'];
    expect(errorOf({ renditions })).toBeUndefined();
    expect(errorOf({ renditions: [`${'x'.repeat(27)}=720p`] })).toBeUndefined();
    expect(errorOf({ renditions: [`${'x'.repeat(28)}=720p`] })).toMatch(/1 to 32 characters/);
  });

  it.each([
    ['hd=', 'a usual quality stands behind "=": 144p, 240p'],
    ['hd=721p', 'a usual quality stands behind "="'],
    ['hd=720', 'a usual quality stands behind "="'],
    ['hd=720P', 'a usual quality stands behind "="'],
    ['hd= 720p', 'a usual quality stands behind "="'],
    ['720p=hd', 'a usual quality stands behind "="'],
    ['=720p', 'no name'],
    [' =720p', 'no name'],
    ['other=720p', '"other" has a meaning already'],
    ['unknown=720p', '"unknown" has a meaning already'],
    ['low=480p', 'stands there twice'],
    ['low', 'stands there twice'],
  ])('refuse the rendition %s', (rendition, rule) => {
    const error = errorOf({ renditions: ['low=360p', rendition] });
    expect(error).toContain(`renditions[1]: ${rule}`);
  });

  it('hold what stands in the log only to the rules that it was written by', () => {
    const stream = streamNamed('arena-main', { renditions: ['bitrate=900', 'a=1', 'a=2'] });
    expect(streamError(stream)).toMatch(/^renditions\[0\]: /);
    expect(loggedStreamError(stream)).toBeUndefined();
  });
});
