/** Lets a bounded number in at a time: the others wait, in the order in which they came. */
export class Doorway {
  readonly #waiting: (() => void)[] = [];

  constructor(private room: number) {}

  async enter(): Promise<void> {
    if (this.room === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.room -= 1;
  }

  /** One who entered is through. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.room += 1;
    else next();
  }
}
