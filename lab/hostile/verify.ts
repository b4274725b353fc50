import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { compiledTree } from '../stack/index.js';
import type { Place } from './place.js';

/** What `vba-admin verify` said of these minutes. */
export interface Verified {
  readonly isEqual: boolean;
  /** The last minute that it compared. */
  readonly to: number;
  readonly cells: number;
  readonly points: number;
  readonly differenceCount: number;
  readonly differences: readonly unknown[];
}

type VerifiedPlace = Pick<Place, 'kafka' | 'clickhouse' | 'graphite' | 'isAlone'>;

const askAgainMs = 5_000;
const outputBytesMax = 2 ** 26;

/** Asks until every minute of the span is final and compared, or the time is over. */
export async function verifySpan(
  place: VerifiedPlace,
  streams: readonly string[],
  span: { readonly from: number; readonly to: number },
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Verified | undefined> {
  let verified: Verified | undefined;
  for (;;) {
    verified = (await verify(place, streams, span)) ?? verified;
    const isWhole = verified !== undefined && verified.to >= span.to;
    if (isWhole || Date.now() > deadlineMs) return verified;
    await wait(askAgainMs, undefined, { signal });
  }
}

/** Undefined while nothing can be compared. */
function verify(
  { kafka, clickhouse, graphite, isAlone }: VerifiedPlace,
  streams: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Verified | undefined> {
  const places = ['--kafka-brokers', kafka.brokers.join(',')];
  places.push('--clickhouse-url', clickhouse.url, '--clickhouse-database', clickhouse.database);
  places.push('--graphite-url', graphite.render);
  const chosen = isAlone ? [] : streams.flatMap((stream) => ['--stream', stream]);
  const args = ['verify', '--json', '--from', String(from), '--to', String(to)];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(compiledTree(), 'admin', 'vba-admin.js'), ...args, ...chosen, ...places],
      { maxBuffer: outputBytesMax },
      (_error, stdout) =>
        resolve(stdout.startsWith('{') ? (JSON.parse(stdout) as Verified) : undefined),
    );
  });
}
