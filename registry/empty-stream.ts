import type { StreamSettings } from './types.js';

/** A stream's settings where nothing is set. */
export function emptyStream(key: string): StreamSettings {
  return {
    key,
    title: '',
    origins: [],
    tokenKeys: [],
    renditions: [],
    countPlainSockets: false,
    isArchived: false,
    options: {},
  };
}
