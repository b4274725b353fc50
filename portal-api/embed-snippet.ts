import type { RegisteredStream } from '../registry/index.js';
import { htmlText } from './html-text.js';

const unnamed = {
  manifest: 'https://cdn.example.com/stream.m3u8',
  tracker: 'wss://tracker.example.com',
};

export interface SnippetPlaces {
  /** The trackers as viewers reach them, such as `wss://tracker.example.com`; empty: not known. */
  readonly trackerUrl: string;
  /** The stream's HLS manifest; undefined: not known. */
  readonly manifestUrl?: string | undefined;
}

/**
 * HTML that plays a stream with hls.js and p2p-media-loader 2, as its documentation loads them:
 * https://novage.github.io/p2p-media-loader/docs/v2.3/. It works as it is pasted, but for places
 * that aren't known, which have names of example.com.
 */
export function embedSnippet(
  stream: Pick<RegisteredStream, 'key' | 'title' | 'tokenKeys'>,
  places: SnippetPlaces,
): string {
  const { key, title, tokenKeys } = stream;
  const manifest = places.manifestUrl ?? unnamed.manifest;
  const base = (places.trackerUrl === '' ? unnamed.tracker : places.trackerUrl).replace(/\/$/, '');
  // By this path no stream is named: WebTorrent trackers have it by custom.
  const place = key === 'announce' ? 'announce?stream=announce' : encodeURIComponent(key);
  const tracker = `${base}/${place}`;
  const id = `viblast-${key.replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}_`)}`;
  return `<video id="${id}" title="${htmlText(title)}" controls muted autoplay playsinline></video>
<script src="https://cdn.jsdelivr.net/npm/hls.js@1/dist/hls.min.js"></script>
<script type="importmap">
  {
    "imports": {
      "p2p-media-loader-core": "https://cdn.jsdelivr.net/npm/p2p-media-loader-core@2/dist/p2p-media-loader-core.es.min.js",
      "p2p-media-loader-hlsjs": "https://cdn.jsdelivr.net/npm/p2p-media-loader-hlsjs@2/dist/p2p-media-loader-hlsjs.es.min.js"
    }
  }
</script>
<script type="module">
  import { HlsJsP2PEngine } from 'p2p-media-loader-hlsjs';

  const manifest = ${scriptText(manifest)};
${trackerLines(tracker, tokenKeys.length > 0)}
  const video = document.getElementById(${scriptText(id)});
  if (Hls.isSupported()) {
    const HlsWithPeers = HlsJsP2PEngine.injectMixin(Hls);
    const hls = new HlsWithPeers({
      p2p: { core: { swarmId: ${scriptText(key)}, announceTrackers: [tracker] } },
    });
    hls.attachMedia(video);
    hls.loadSource(manifest);
  } else {
    video.src = manifest;
  }
</script>
`;
}

function trackerLines(tracker: string, needsToken: boolean): string {
  const sign = tracker.includes('?') ? '&' : '?';
  if (!needsToken) {
    return `  // The same viewer at every tracker, whichever rendition plays: this page, until it is left.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const viewer = btoa(String.fromCharCode(...bytes)).slice(0, 22).replaceAll('+', '-').replaceAll('/', '_');
  const tracker = ${scriptText(tracker)} + '${sign}' + new URLSearchParams({ viewer });`;
  }
  return `  // From your server, for each viewer: a join token and the session that it is for.
  // Your server signs it with the bytes of a key's secret, which is base64url of them.
  // The player reports nothing by itself: the tracker counts the session.
  const { session, token } = await (await fetch('/join-token')).json();
  const tracker = ${scriptText(tracker)} + '${sign}' + new URLSearchParams({ session, token, reports: false });`;
}

/** A string literal that ends neither the script nor a line. */
function scriptText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
