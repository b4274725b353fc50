import { emptyStream } from './empty-stream.js';
import type { StreamSettings } from './types.js';

/**
 * A deleted stream is an archived one with this option and nothing else, so that readers of before
 * there was deleting fold the log alike: docs/decisions/0019-deleting-a-stream.md.
 */

/** What a stream's last command makes of it. */
export function deletedStream(key: string): StreamSettings {
  return { ...emptyStream(key), isArchived: true, options: { tombstone: true } };
}

/** True: nobody is shown the stream any more, and its key can be taken anew. */
export function isDeleted({
  isArchived,
  options,
}: Pick<StreamSettings, 'isArchived' | 'options'>): boolean {
  return isArchived && options['tombstone'] === true;
}

/** Names the option by which a stream is deleted: nobody sets it otherwise. */
export function deletedOptionError(options: StreamSettings['options']): string | undefined {
  return options['tombstone'] === undefined
    ? undefined
    : 'options.tombstone: stands for a stream that was deleted';
}
