import { GraphiteRefusal } from './post-form.js';
import type { Column, Series } from './render-answer.js';
import type { RenderClient, RenderRequest } from './render-client.js';

/** What was read of a request's series. */
export interface Readable<One = Series> {
  readonly series: readonly One[];
  /** Full names of those that Graphite has and can't read: what they hold isn't known. */
  readonly unreadable: readonly string[];
}

/** Reads series, around those that can't be read. Rejects as `render` does. */
export type ReadableRender = (request: RenderRequest) => Promise<Readable>;
export type ReadableColumns = (request: RenderRequest) => Promise<Readable<Column>>;

type Ask<One> = (request: RenderRequest) => Promise<readonly One[]>;

/** graphite-web answers so when a file that it has to read is broken, whatever else was asked. */
const brokenStatus = 500;
/** Names in one request: Django takes 1 000 fields in a form. */
const namesMax = 500;
/** More that can't be read than these, and it isn't a matter of single files. */
const unreadableMax = 200;
/** So long what couldn't be read isn't tried again. */
const knownForMs = 60_000;

/**
 * Series of a graphite-web that fails as a whole when it comes upon one file that it can't read
 * (docs/graphite.md#a-file-that-cannot-be-read). A request that fails so is made again by names, in
 * halves, until those that fail alone are known.
 */
export class ReadableSeries {
  readonly #unreadable = new Map<string, number>();

  constructor(
    private readonly client: RenderClient,
    private readonly now: () => number,
  ) {}

  readonly render: ReadableRender = (request) => this.#around(request, this.client.render);

  readonly columns: ReadableColumns = (request) => this.#around(request, this.client.columns);

  /** Full names of those that could not be read within the last minute. */
  get unreadable(): readonly string[] {
    for (const [name, untilMs] of this.#unreadable) {
      if (this.now() >= untilMs) this.#unreadable.delete(name);
    }
    return [...this.#unreadable.keys()];
  }

  async #around<One>(request: RenderRequest, ask: Ask<One>): Promise<Readable<One>> {
    const known = this.unreadable;
    if (!known.some((name) => request.targets.some((target) => isOf(name, target)))) {
      try {
        return { series: await ask(request), unreadable: [] };
      } catch (error) {
        if (!isBroken(error)) throw error;
      }
    }
    return await this.#askByNames(request, ask);
  }

  async #askByNames<One>(request: RenderRequest, ask: Ask<One>): Promise<Readable<One>> {
    const names = await this.client.expand(request.targets);
    const unreadable = names.filter((name) => this.#unreadable.has(name));
    const series: One[] = [];
    const parts = partsOf(names.filter((name) => !this.#unreadable.has(name)));
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        for (const one of await ask({ ...request, targets: part })) series.push(one);
      } catch (error) {
        const [only] = part;
        if (!isBroken(error) || only === undefined) throw error;
        if (unreadable.length >= unreadableMax) {
          this.#unreadable.clear();
          throw error;
        }
        if (part.length > 1) {
          const middle = part.length >> 1;
          parts.push(part.slice(0, middle), part.slice(middle));
        } else {
          unreadable.push(only);
          this.#unreadable.set(only, this.now() + knownForMs);
        }
      }
    }
    return { series, unreadable };
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof GraphiteRefusal && error.status === brokenStatus;
}

function partsOf(names: readonly string[]): (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let first = 0; first < names.length; first += namesMax) {
    parts.push(names.slice(first, first + namesMax));
  }
  return parts;
}

/**
 * True: a target has the name. In it `*` stands for one part of a name or a piece of it, and
 * `{a,b}` for either.
 */
function isOf(name: string, target: string): boolean {
  const pattern = target.replaceAll(/[.*{},]/g, (sign) => patternOf[sign] ?? sign);
  return new RegExp(`^${pattern}$`).test(name);
}

const patternOf: Readonly<Record<string, string>> = {
  '.': '\\.',
  '*': '[^.]*',
  '{': '(?:',
  '}': ')',
  ',': '|',
};
