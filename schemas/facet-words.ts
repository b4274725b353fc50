/**
 * The words that a session is told apart by, beside its browser: each list is fixed, so that what
 * is counted by one stays bounded whatever anybody sends. `other`: what it is stands in no list.
 * `unknown`: nobody said.
 */

/** The facets that trackers find out by themselves, beside the labels of streams. */
export const facetNames = ['country', 'network', 'device', 'system', 'player'] as const;
export type FacetName = (typeof facetNames)[number];

/** What is told besides where a stream holds some sessions back (docs/policy.md#holdback). */
export const holdbackFacets = { group: 'holdback', part: 'holdback_part' } as const;
export const holdbackGroups = { withPeers: 'with_peers', heldBack: 'held_back' } as const;
export type HoldbackGroupName = (typeof holdbackGroups)[keyof typeof holdbackGroups];

/** Parts of each group: from how they differ follows by how much the groups would by chance. */
export const holdbackParts = 16;

/** The value of the facet of parts: `held_back-07`. */
export function holdbackPart(group: HoldbackGroupName, part: number): string {
  return `${group}-${String(part).padStart(2, '0')}`;
}

export const devices = [
  'desktop',
  'mobile',
  'tablet',
  'tv',
  'console',
  'other',
  'unknown',
] as const;
export type Device = (typeof devices)[number];

/** Operating systems. iPads count in `iOS`, phones with Windows in `Windows`. */
export const systems = [
  'Windows',
  'macOS',
  'Linux',
  'ChromeOS',
  'Android',
  'iOS',
  'tvOS',
  'Tizen',
  'webOS',
  'Fire OS',
  'Roku',
  'PlayStation',
  'Xbox',
  'other',
  'unknown',
] as const;
export type System = (typeof systems)[number];

/** What plays the video. `native`: the browser's own element, without a library. */
export const players = [
  'hls.js',
  'dash.js',
  'Shaka Player',
  'Video.js',
  'JW Player',
  'Bitmovin Player',
  'THEOplayer',
  'Flowplayer',
  'Clappr',
  'Plyr',
  'p2p-media-loader',
  'ExoPlayer',
  'AVPlayer',
  'native',
  'other',
  'unknown',
] as const;
export type Player = (typeof players)[number];
