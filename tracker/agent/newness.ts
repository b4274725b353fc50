import { hasPassed } from '../../service/has-passed.js';

/** How long, and at how many of an asker's questions, a tracker says that it is ready anew. */
const newMs = 10_000;
const answersMin = 10;
/** Askers that are remembered; proxies are few. */
const askersMax = 1_000;

/**
 * Whether an asker may not know yet that this tracker takes viewers: by time and by what it was
 * told, since a proxy that could not ask for a while takes a tracker for draining all the longer.
 */
export class Newness {
  readonly #answers = new Map<string, number>();

  constructor(private sinceMs: number) {}

  /** From now on it is new again. */
  renew(nowMs: number): void {
    this.sinceMs = nowMs;
    this.#answers.clear();
  }

  /** To be called once for each answer. */
  isNewTo(asker: string, nowMs: number): boolean {
    const answers = this.#answers.get(asker) ?? 0;
    if (answers >= answersMin && hasPassed(newMs, this.sinceMs, nowMs)) return false;
    if (this.#answers.size >= askersMax) this.#answers.clear();
    this.#answers.set(asker, answers + 1);
    return true;
  }
}
