/** The peers of this audience that are there now, and what each uploaded and hasn't reported. */
export class Swarm {
  readonly #uploadedBytes = new Map<string, number>();

  join(peer: string): void {
    this.#uploadedBytes.set(peer, this.#uploadedBytes.get(peer) ?? 0);
  }

  /** A reconnect gives a viewer another id; what it has not reported yet goes along. */
  rename(before: string, after: string): void {
    this.#uploadedBytes.set(after, this.#uploadedBytes.get(before) ?? 0);
    this.#uploadedBytes.delete(before);
  }

  leave(peer: string): void {
    this.#uploadedBytes.delete(peer);
  }

  has(peer: string): boolean {
    return this.#uploadedBytes.has(peer);
  }

  /** What somebody fetched from this peer; a peer that has just left can't report it any more. */
  upload(peer: string, bytes: number): void {
    const before = this.#uploadedBytes.get(peer);
    if (before !== undefined) this.#uploadedBytes.set(peer, before + bytes);
  }

  /** What the peer uploaded since it was last asked, at most `bytesMax`; the rest stays. */
  takeUploaded(peer: string, bytesMax: number): number {
    const uploadedBytes = this.#uploadedBytes.get(peer) ?? 0;
    const takenBytes = Math.min(uploadedBytes, bytesMax);
    if (takenBytes > 0) this.#uploadedBytes.set(peer, uploadedBytes - takenBytes);
    return takenBytes;
  }
}
