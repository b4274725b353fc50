/** `!2LfL`: way to make coarser points, longest retention, share of points needed, archives. */
const metadataBytes = 16;
/** `!3L`: where it begins, seconds per point, points. */
const archiveBytes = 12;
const pointBytes = 12;
/** Each has at least twice the step of the one before, in 32 bits. */
const archivesMax = 32;
/** whisper knows eight ways; a later one may know more. 0 is what an unwritten block has. */
const aggregationMax = 255;

/** As much of a file's beginning as `whisperCondition` looks at. */
export const headBytesMax = metadataBytes + archivesMax * archiveBytes;

/** `cut_off`: its header can be read, and tells of `wholeBytes`, which are not there. */
export type WhisperCondition =
  | { readonly kind: 'whole' }
  | { readonly kind: 'no_header' }
  | { readonly kind: 'cut_off'; readonly wholeBytes: number };

/**
 * Whether whisper can read a file of `fileBytes` that begins with `head`, as its `__readHeader`
 * judges. In doubt it is whole.
 */
export function whisperCondition(head: Buffer, fileBytes: number): WhisperCondition {
  if (head.length < metadataBytes) return { kind: 'no_header' };
  const aggregation = head.readUInt32BE(0);
  const share = head.readFloatBE(8);
  const archives = head.readUInt32BE(12);
  const isOne = aggregation >= 1 && aggregation <= aggregationMax && share >= 0 && share <= 1;
  const headerBytes = metadataBytes + archives * archiveBytes;
  if (!isOne || archives === 0 || headerBytes > fileBytes) return { kind: 'no_header' };
  const wholeBytes = archives > archivesMax ? undefined : endOfArchives(head, archives);
  if (wholeBytes === undefined || fileBytes >= wholeBytes) return { kind: 'whole' };
  return { kind: 'cut_off', wholeBytes };
}

/** Undefined where they don't stand one behind the other, as whisper makes them. */
function endOfArchives(head: Buffer, archives: number): number | undefined {
  let end = metadataBytes + archives * archiveBytes;
  for (let index = 0; index < archives; index += 1) {
    const place = metadataBytes + index * archiveBytes;
    if (head.readUInt32BE(place) !== end) return undefined;
    end += head.readUInt32BE(place + 8) * pointBytes;
  }
  return end;
}
