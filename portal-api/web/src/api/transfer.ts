import { addressInApi, call, sending, type Answer } from './call.js';
import type { ImportAnswer } from './shapes.js';

/** Where the settings of all streams are, without secrets. */
export const exportAddress = addressInApi('/export');
/** The same with the secrets of token keys; for admins. */
export const secretExportAddress = addressInApi('/export?secrets=true');

/** Writes the streams of a document; with `dryRun` only tells what would come of it. */
export function importStreams(
  document: object,
  dryRun: boolean,
  signal?: AbortSignal,
): Promise<Answer<ImportAnswer>> {
  return call('/import', sending('POST', { ...document, dryRun }), signal);
}
