/** The used bytes at the beginning of a buffer that has room for so many more behind them. */
export function withRoom(bytes: Buffer, used: number, count: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, used + count));
  bytes.copy(larger, 0, 0, used);
  return larger;
}
