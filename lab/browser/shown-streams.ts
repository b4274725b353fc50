/** The stream that most pictures are of. */
export const shownStream = 'arena-main';

/** What the pictures' stack has, the busiest first. */
export const shownStreams = [
  {
    key: shownStream,
    title: 'Arena, main stage',
    renditions: ['360p', '480p', '720p', '1080p'],
    options: {
      groups: ['sports'],
      tags: ['live'],
      labels: { plan: ['free', 'paid'] },
      graphiteFacets: ['device', 'label.plan', 'holdback'],
      policy: { cellular: false, holdbackPercent: 10 },
    },
  },
  {
    key: 'studio-2',
    title: 'Studio 2',
    renditions: [],
    options: { groups: ['news'], tags: ['live'] },
  },
  {
    key: 'cinema-9',
    title: 'Cinema 9',
    renditions: ['sd', 'hd=720p', 'uhd=2160p'],
    options: { groups: ['films'] },
  },
  { key: 'hall-1', title: 'Concert hall', renditions: [], options: { groups: ['music'] } },
] as const;

/** Creates them through the API, and changes one, so that its charts have something to mark. */
export async function createShownStreams(portal: {
  readonly url: string;
  readonly token: string;
}): Promise<void> {
  const ask = async (path: string, method: string, body: object, etag = ''): Promise<Response> => {
    const response = await fetch(`${portal.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${portal.token}`,
        'content-type': 'application/json',
        ...(etag === '' ? {} : { 'if-match': etag }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}`);
    return response;
  };
  for (const stream of shownStreams) {
    const created = await ask('/streams', 'POST', stream);
    if (stream.key !== shownStream) continue;
    const options = { ...stream.options, policy: { ...stream.options.policy, peersMax: 12 } };
    const etag = created.headers.get('etag') ?? '';
    await ask(`/streams/${shownStream}`, 'PATCH', { options }, etag);
  }
}

const timeoutMs = 30_000;
