/**
 * The head of a file as whisper makes it, with archives one behind the other; `aggregation`: 2 is
 * sum.
 */
export function whisperHead(
  archives: readonly { readonly stepS: number; readonly points: number }[],
  { aggregation = 2, share = 0 }: { readonly aggregation?: number; readonly share?: number } = {},
): Buffer {
  const head = Buffer.alloc(16 + archives.length * 12);
  head.writeUInt32BE(aggregation, 0);
  head.writeUInt32BE(Math.max(0, ...archives.map(({ stepS, points }) => stepS * points)), 4);
  head.writeFloatBE(share, 8);
  head.writeUInt32BE(archives.length, 12);
  let begin = head.length;
  for (const [index, { stepS, points }] of archives.entries()) {
    head.writeUInt32BE(begin, 16 + index * 12);
    head.writeUInt32BE(stepS, 20 + index * 12);
    head.writeUInt32BE(points, 24 + index * 12);
    begin += points * 12;
  }
  return head;
}
