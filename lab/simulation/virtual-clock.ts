interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  /** True: code that awaits may go on by it. */
  readonly isAwaited: boolean;
}

/**
 * Enough turns of the microtask queue for every chain of awaits that one task sets off: the longest
 * takes some twenty, and with more turns than these the same seeds give the same traces.
 */
const microtaskTurns = 32;

/** The simulation's true time and the only scheduler in it: no real timer runs. */
export class VirtualClock {
  #nowMs: number;
  #order = 0;
  /** A binary heap, the next task first. */
  readonly #tasks: Task[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, run: () => void): void {
    this.#add(atMs, run, true);
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + Math.round(delayMs), run);
  }

  /**
   * Runs `run`, by which no code that awaits goes on, each `intervalMs` for as long as it answers
   * true.
   */
  every(intervalMs: number, run: () => boolean): void {
    const again = (): void => {
      if (run()) this.#add(this.#nowMs + intervalMs, again, false);
    };
    this.#add(this.#nowMs + intervalMs, again, false);
  }

  /** Runs task after task, with everything that awaited it, until `isOver` or no task is left. */
  async run(isOver: () => boolean): Promise<void> {
    for (let task = this.#pop(); task !== undefined && !isOver(); task = this.#pop()) {
      this.#nowMs = task.atMs;
      task.run();
      if (!task.isAwaited) continue;
      for (let turn = 0; turn < microtaskTurns; turn += 1) await Promise.resolve();
    }
  }

  #add(atMs: number, run: () => void, isAwaited: boolean): void {
    this.#order += 1;
    this.#push({ atMs: Math.max(atMs, this.#nowMs), order: this.#order, run, isAwaited });
  }

  #push(task: Task): void {
    const tasks = this.#tasks;
    let at = tasks.length;
    tasks.push(task);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = tasks[parentAt];
      if (parent === undefined || !isBefore(task, parent)) break;
      tasks[at] = parent;
      at = parentAt;
    }
    tasks[at] = task;
  }

  #pop(): Task | undefined {
    const tasks = this.#tasks;
    const first = tasks[0];
    const moved = tasks.pop();
    if (first === undefined || moved === undefined || tasks.length === 0) return first;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = tasks[childAt];
      const right = tasks[childAt + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        childAt += 1;
      }
      if (child === undefined || !isBefore(child, moved)) break;
      tasks[at] = child;
      at = childAt;
    }
    tasks[at] = moved;
    return first;
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
