import { groupsOf, isDeleted, type RegisteredStream, type Registry } from '../registry/index.js';

/** How many streams there are, archived ones too, in all and of each group, as they change. */
export class StreamCounts {
  readonly #groupsOfStream = new Map<string, readonly string[]>();
  readonly #byGroup = new Map<string, number>();

  constructor(registry: Pick<Registry, 'streams' | 'onChange'>) {
    for (const stream of registry.streams()) this.#put(stream);
    registry.onChange((change) => {
      if (change.kind === 'stream') this.#put(change.stream);
    });
  }

  get streams(): number {
    return this.#groupsOfStream.size;
  }

  inGroup(group: string): number {
    return this.#byGroup.get(group) ?? 0;
  }

  #put(stream: RegisteredStream): void {
    this.#add(this.#groupsOfStream.get(stream.key) ?? [], -1);
    this.#groupsOfStream.delete(stream.key);
    if (isDeleted(stream)) return;
    const groups = groupsOf(stream.options);
    this.#groupsOfStream.set(stream.key, groups);
    this.#add(groups, 1);
  }

  #add(groups: readonly string[], change: 1 | -1): void {
    for (const group of groups) {
      const count = this.inGroup(group) + change;
      if (count === 0) this.#byGroup.delete(group);
      else this.#byGroup.set(group, count);
    }
  }
}
