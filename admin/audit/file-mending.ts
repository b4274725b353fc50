import { setTimeout as wait } from 'node:timers/promises';
import { encodeNamePart, metricBase, type CarbonPoint } from '../../graphite/index.js';
import { brokenFiles, isReadable, mend, type BrokenFile } from './broken-files.js';
import { someOf } from './report.js';

/** One that carbon is just making looks broken, and has changed this much later. */
const settleMs = 5_000;
/** carbon makes no other file for so long: it makes none. */
const madeMsMax = 60_000;
const pollMs = 200;
/** A run mends so many, and says that there are more. */
const filesMax = 100_000;

export interface MendingOptions {
  /** Where whisper's files are, on this host; undefined: files are left alone. */
  readonly whisper?: string;
  readonly graphitePrefix: string;
  /** None: all metrics. */
  readonly stream: readonly string[];
  /** True: files are only looked at. */
  readonly dryRun: boolean;
}

/**
 * Mends files that neither carbon nor graphite-web can read
 * (docs/graphite.md#a-file-that-cannot-be-read). A file counts as broken when it is seen so twice,
 * 5 s apart, and wasn't written to meanwhile.
 */
export class FileMending {
  /** Metrics whose files had no header and were put aside, for carbon to make them anew. */
  readonly #aside: ReadonlySet<string>;
  /** Those whose files were cut off behind their header and were filled up. */
  readonly #filledUp: readonly string[];
  /** Those that carbon was sent points of, and has no file of yet. */
  #missing = new Set<string>();

  private constructor(
    private readonly options: MendingOptions,
    files: readonly BrokenFile[],
    private readonly hasMore: boolean,
  ) {
    const metricsOf = (kind: BrokenFile['condition']['kind']): string[] =>
      files
        .filter(({ condition }) => condition.kind === kind)
        .map(({ metric }) => metric)
        .sort();
    this.#aside = new Set(metricsOf('no_header'));
    this.#filledUp = metricsOf('cut_off');
  }

  /**
   * Rejects with a StartError (`usage`) where the folder is none of whisper's, or a file can't be
   * mended.
   */
  static async begin(options: MendingOptions): Promise<FileMending> {
    const { whisper, graphitePrefix, dryRun } = options;
    const seen: BrokenFile[] = [];
    if (whisper === undefined) return new FileMending(options, seen, false);
    for (const file of brokenFiles(whisper, graphitePrefix, basesOf(options))) {
      if (seen.push(file) > filesMax) break;
    }
    const chosen = seen.slice(0, filesMax);
    if (chosen.length > 0 && !dryRun) await wait(settleMs);
    const mended = dryRun ? chosen : chosen.filter(mend);
    return new FileMending(options, mended, seen.length > filesMax);
  }

  /** True: files were mended, as far as they could be. */
  get isDone(): boolean {
    return this.options.whisper !== undefined && !this.options.dryRun;
  }

  /** These points were sent to carbon: it has to have files for them. */
  sent(points: readonly CarbonPoint[]): void {
    for (const { metric } of points) if (this.#aside.has(metric)) this.#missing.add(metric);
  }

  /**
   * Waits until carbon has made what it has points of, or has made nothing for a minute. Resolves
   * with how many files are missing then.
   */
  async untilMade(): Promise<number> {
    const { whisper } = this.options;
    if (whisper === undefined) return 0;
    let lastMs = performance.now();
    while (this.#missing.size > 0 && performance.now() - lastMs < madeMsMax) {
      const left = [...this.#missing].filter((metric) => !isReadable(whisper, metric));
      if (left.length < this.#missing.size) lastMs = performance.now();
      else await wait(pollMs);
      this.#missing = new Set(left);
    }
    return this.#missing.size;
  }

  /** What was done and what is still to be done, a line each. `later`: minutes after the span. */
  notes(later: string): string[] {
    const [aside, missing] = [[...this.#aside], [...this.#missing]];
    const would = this.options.dryRun ? 'would be ' : '';
    const notes: string[] = [];
    if (aside.length > 0) {
      notes.push(`files without a header, ${would}put aside as .wsp.broken: ${someOf(aside)}`);
    }
    if (this.#filledUp.length > 0) {
      notes.push(`files that were cut off, ${would}filled up: ${someOf(this.#filledUp)}`);
    }
    if (this.hasMore) notes.push(`there are more than ${filesMax} broken files: run it again`);
    if (missing.length > 0) {
      notes.push(
        `carbon has not made the files of ${someOf(missing)} anew: is the carbon that --graphite ` +
          'names the one of this folder, and what does its log say?',
      );
    }
    if (this.isDone && aside.length + this.#filledUp.length > 0) {
      notes.push(`carbon may have thrown away points of them until now: run it again for ${later}`);
    }
    return notes;
  }

  /** `limit`: most metrics to list of each. */
  json(limit: number): object {
    const listed = (metrics: readonly string[]): object => ({
      count: metrics.length,
      metrics: metrics.slice(0, limit),
    });
    return {
      aside: listed([...this.#aside]),
      filledUp: listed(this.#filledUp),
      missing: listed([...this.#missing]),
    };
  }
}

function basesOf({ graphitePrefix: prefix, stream: streams }: MendingOptions): readonly string[] {
  if (streams.length === 0) return [prefix];
  return streams.flatMap((stream) => [
    metricBase(prefix, stream),
    `${prefix}.facets.${encodeNamePart(stream)}`,
  ]);
}
