import { messageOf } from '../service/errors.js';
import type { Refusal } from './refusal.js';

/** As often as this in a row a record is tried: what fails by chance then passes. */
const attemptsMax = 3;
/** Records of one partition that are remembered; the oldest are forgotten first. */
const rememberedMax = 1_000;

const none: readonly number[] = [];

interface Setback {
  count: number;
  detail: string;
}

/**
 * Records of one process that can be read but not applied, by what they are read for; likewise
 * minutes of a stream that can't be added up. A reader that fails begins again from its commit, and
 * would fail at the same record for ever (docs/exactness.md#what-fails-is-set-aside): so how often
 * it failed there is kept beyond it.
 */
export class Setbacks {
  readonly #partitions = new Map<string, Map<number, Setback>>();

  /** Applying the record failed. `where`: the group and the partition. */
  add(where: string, offset: number, error: unknown): void {
    const setbacks = this.#of(where);
    const setback = setbacks.get(offset) ?? { count: 0, detail: '' };
    setback.count += 1;
    setback.detail = messageOf(error);
    setbacks.set(offset, setback);
    const oldest = setbacks.keys().next();
    if (setbacks.size > rememberedMax && oldest.done !== true) setbacks.delete(oldest.value);
  }

  /** It went well: earlier failures were by chance. */
  passed(where: string, offset: number): void {
    this.#partitions.get(where)?.delete(offset);
  }

  /** Why the record is not tried again; undefined when it is. */
  refusal(where: string, offset: number): Refusal | undefined {
    const setback = this.#partitions.get(where)?.get(offset);
    if (setback === undefined || setback.count < attemptsMax) return undefined;
    return { reason: 'not_applicable', detail: setback.detail };
  }

  /** An earlier owner has set these records aside. */
  inherit(where: string, offsets: readonly number[]): void {
    if (offsets.length === 0) return;
    const setbacks = this.#of(where);
    for (const offset of offsets) {
      setbacks.set(offset, { count: attemptsMax, detail: 'set aside by an earlier owner' });
    }
  }

  /** The offsets from `from` on that are set aside. */
  setAside(where: string, from: number): readonly number[] {
    const setbacks = this.#partitions.get(where);
    if (setbacks === undefined || setbacks.size === 0) return none;
    return [...setbacks]
      .filter(([offset, { count }]) => offset >= from && count >= attemptsMax)
      .map(([offset]) => offset)
      .sort((left, right) => left - right);
  }

  #of(where: string): Map<number, Setback> {
    let setbacks = this.#partitions.get(where);
    if (setbacks === undefined) {
      setbacks = new Map<number, Setback>();
      this.#partitions.set(where, setbacks);
    }
    return setbacks;
  }
}
