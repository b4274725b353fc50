import { askPortal, type AskedPortal } from './ask-portal.js';

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
export async function createShownStreams(portal: AskedPortal): Promise<void> {
  for (const stream of shownStreams) {
    const created = await askPortal(portal, 'POST', '/streams', stream);
    if (stream.key !== shownStream) continue;
    const options = { ...stream.options, policy: { ...stream.options.policy, peersMax: 12 } };
    const etag = created.headers.get('etag') ?? '';
    await askPortal(portal, 'PATCH', `/streams/${shownStream}`, { options }, etag);
  }
}
