/** The words that an announce may have, in the order of their schema. */

export const browsers = ['Chrome', 'Firefox', 'Safari', 'Edge', 'Other'] as const;
export type Browser = (typeof browsers)[number];

export const playerStates = [
  'unknown',
  'starting',
  'playing',
  'seeking',
  'rebuffering',
  'paused',
  'waiting',
  'ended',
  'fatal_error',
  'quit',
  'preloading',
] as const;
export type PlayerState = (typeof playerStates)[number];

/** What a session is. Only viewers are counted as such. */
export const roles = ['viewer', 'seeder', 'preview', 'rehearsal'] as const;
export type Role = (typeof roles)[number];

/** How a playback came to nothing. */
export const failures = ['none', 'start_failed', 'start_given_up', 'playback_failed'] as const;
export type Failure = (typeof failures)[number];

/**
 * Why an announce's CDN bytes came from the CDN. `untold`: it is of the first version, by which
 * nothing is told that came with the second.
 */
export const cdnReasons = [
  'untold',
  'alone',
  'policy',
  'starting',
  'unconnected',
  'connected',
] as const;
export type CdnReason = (typeof cdnReasons)[number];

/** Those that viewers may tell: that nobody else is there only the tracker knows. */
export const toldReasons = ['policy', 'starting', 'unconnected', 'connected'] as const;
export type ToldReason = (typeof toldReasons)[number];
