import { exitCode, StartError } from '../../service/errors.js';

interface DemoStream {
  readonly key: string;
  readonly title: string;
  readonly renditions: readonly string[];
  readonly options: {
    readonly labels?: Readonly<Record<string, readonly string[]>>;
    readonly graphiteFacets?: readonly string[];
    readonly policy?: { readonly holdbackPercent: number };
  };
}

/**
 * The demo's streams: one with listed heights, one without renditions, one with names of its own;
 * one whose plans are told apart, in Graphite too, one without labels, one that lists less than is
 * told; one that holds a tenth of its sessions back.
 */
export const demoStreams: readonly DemoStream[] = [
  {
    key: 'arena-main',
    title: 'Arena, main stage',
    renditions: ['360p', '480p', '720p', '1080p'],
    options: {
      labels: { plan: ['free', 'paid'] },
      graphiteFacets: ['country', 'device', 'label.plan', 'holdback'],
      policy: { holdbackPercent: 10 },
    },
  },
  { key: 'studio-2', title: 'Studio 2', renditions: [], options: {} },
  {
    key: 'cinema-9',
    title: 'Cinema 9',
    renditions: ['sd', 'hd=720p', 'uhd=2160p'],
    options: { labels: { plan: ['paid'], season: ['1', '2'] } },
  },
];

export const streamKeys: readonly string[] = demoStreams.map(({ key }) => key);

/** What each of them has there. */
export function byStream<Value>(
  valueOf: (stream: DemoStream) => Value,
): ReadonlyMap<string, Value> {
  return new Map(demoStreams.map((stream) => [stream.key, valueOf(stream)]));
}

const timeoutMs = 30_000;

/** Creates a stream through the portal's API; one that exists already stays as it is. */
export async function createStream(
  portal: { readonly url: string; readonly token: string },
  stream: {
    readonly key: string;
    readonly title: string;
    readonly renditions: readonly string[];
    readonly options?: object;
  },
): Promise<void> {
  const response = await fetch(`${portal.url}/api/v1/streams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${portal.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(stream),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await response.text();
  if (response.ok || response.status === 409) return;
  throw new StartError(
    'portal_refused',
    `the portal did not create ${stream.key}: HTTP ${response.status} ${answer}`,
    exitCode.unavailable,
  );
}
