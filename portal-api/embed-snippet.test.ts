import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { emptyStream, type RegisteredStream } from '../registry/index.js';
import { embedSnippet } from './embed-snippet.js';

const trackerUrl = 'wss://tracker.example.net';

function streamOf(change: Partial<RegisteredStream> = {}): RegisteredStream {
  const times = { createdAtMs: 0, changedAtMs: 0, changedBy: 'ann', revision: 1 };
  return { ...emptyStream('arena.main:1'), title: 'Arena', ...times, ...change };
}

describe('the snippet of a stream', () => {
  it('names the tracker of the stream, its swarm and its manifest', () => {
    const manifestUrl = 'https://cdn.example.net/a.m3u8?a=1&b="2"';
    const html = embedSnippet(streamOf(), { trackerUrl: `${trackerUrl}/`, manifestUrl });
    expect(html).toContain('const tracker = "wss://tracker.example.net/arena.main%3A1" + ');
    expect(html).toContain('swarmId: "arena.main:1"');
    expect(html).toContain(String.raw`"https://cdn.example.net/a.m3u8?a=1\u0026b=\"2\""`);
  });

  it('names the page’s viewer, another one in each, in the form that trackers read', () => {
    const html = embedSnippet(streamOf(), { trackerUrl });
    const [lines = ''] = /const bytes = [^]*?(?=const video)/.exec(html) ?? [];
    const page = { crypto, btoa, URLSearchParams };
    const trackers = Array.from({ length: 50 }, () =>
      String(runInNewContext(`(() => { ${lines} return tracker; })()`, page)),
    );
    expect(new Set(trackers).size).toBe(50);
    for (const one of trackers) {
      expect(one).toMatch(/^wss:\/\/tracker\.example\.net\/arena\.main%3A1\?viewer=[\w-]{22}$/);
    }
  });

  it('names a stream by its key where its path would name none', () => {
    const html = embedSnippet({ ...streamOf(), key: 'announce' }, { trackerUrl });
    expect(html).toContain(
      `"${trackerUrl}/announce?stream=announce" + '&' + new URLSearchParams({ viewer })`,
    );
  });

  it('has names to be replaced where places are not known', () => {
    const html = embedSnippet(streamOf(), { trackerUrl: '' });
    expect(html).toContain('wss://tracker.example.com/arena.main%3A1');
    expect(html).toContain('https://cdn.example.com/stream.m3u8');
  });

  it('asks for a join token where the stream has token keys', () => {
    const tokenKeys = [{ kid: 'k', secret: 'never-in-a-page' }];
    const html = embedSnippet(streamOf({ tokenKeys }), { trackerUrl });
    expect(html).toContain('new URLSearchParams({ session, token, reports: false })');
    expect(html).not.toContain('never-in-a-page');
    expect(embedSnippet(streamOf(), { trackerUrl })).not.toContain('token');
  });

  it('lets no title, key or manifest out of its place', () => {
    const title = `</video><script>alert("1")</script>' onload='x & y`;
    const manifestUrl = 'https://cdn.example.net/</script><script>alert(1)//\u2028';
    const html = embedSnippet(streamOf({ title }), { trackerUrl, manifestUrl });
    expect(html).toContain(
      'title="&lt;/video&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x &amp; y"',
    );
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html).not.toContain('\u2028');
  });

  it('gives two streams two elements, whatever their keys are', () => {
    const idOf = (key: string): string | undefined =>
      /<video id="([^"]*)"/.exec(embedSnippet(streamOf({ key }), { trackerUrl }))?.[1];
    const ids = ['a.b', 'a:b', 'a_b', 'a-b', 'a@b', 'ab', 'a_2e_b'].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/);
  });
});
