/** What one session had used up when it left, of each kind. */
interface Left {
  readonly session: string;
  readonly usedMs: readonly number[];
  readonly atMs: number;
  /** When nothing of it is used up any more. */
  readonly overAtMs: number;
}

/** Of an address: as many as are looked through. */
const lookedThroughMax = 1_000;

/**
 * What sessions have used up that left an address. One that is new there takes over what one of
 * them left, the most of the latest, so that coming again under other names gives no more than
 * staying; each is taken over once, so that who used up all leaves one newcomer without, and not
 * everybody. Memory: `max` over all addresses, the address that nobody left for longest going
 * first.
 */
export class LeftBudgets {
  /** The latest last. */
  readonly #ofAddress = new Map<string, Left[]>();
  #count = 0;

  constructor(private readonly max: number) {}

  get size(): number {
    return this.#count;
  }

  leave(address: string, session: string, usedMs: readonly number[], nowMs: number): void {
    const those = this.#ofAddress.get(address) ?? [];
    this.#ofAddress.delete(address);
    this.#ofAddress.set(address, those);
    those.push({ session, usedMs, atMs: nowMs, overAtMs: nowMs + Math.max(...usedMs) });
    this.#count += 1;
    for (const [longest, left] of this.#ofAddress) {
      if (this.#count <= this.max) break;
      this.#drop(longest, left, 0, Math.min(left.length, this.#count - this.max));
    }
  }

  /** The session is there again, with its own budget. */
  cameBack(address: string, session: string): void {
    const those = this.#ofAddress.get(address) ?? [];
    const earliest = Math.max(0, those.length - lookedThroughMax);
    for (let at = those.length - 1; at >= earliest; at -= 1) {
      if (those[at]?.session !== session) continue;
      this.#drop(address, those, at, 1);
      return;
    }
  }

  /** What a new session begins with; nothing where nobody left. */
  takeOver(address: string, nowMs: number): readonly number[] {
    const those = this.#ofAddress.get(address) ?? [];
    const earliest = Math.max(0, those.length - lookedThroughMax);
    let most = -1;
    for (let at = those.length - 1; at >= earliest; at -= 1) {
      if ((those[at]?.overAtMs ?? 0) > (those[most]?.overAtMs ?? nowMs)) most = at;
    }
    const left = those[most];
    if (left === undefined) {
      // They are as good as new by now.
      this.#drop(address, those, earliest, those.length - earliest);
      return [];
    }
    this.#drop(address, those, most, 1);
    const passedMs = Math.max(0, nowMs - left.atMs);
    return left.usedMs.map((ms) => Math.max(0, ms - passedMs));
  }

  #drop(address: string, those: Left[], from: number, count: number): void {
    those.splice(from, count);
    this.#count -= count;
    if (those.length === 0) this.#ofAddress.delete(address);
  }
}
