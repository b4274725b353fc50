import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxmindFile } from '../../service/testing/maxmind-file.js';
import { startStack, type Stack, type StackOptions } from '../stack/index.js';
import { homes } from '../viewers/index.js';
import type { DemoOptions } from './options.js';
import type { DemoOutput } from './output.js';
import { createStream, demoStreams, streamKeys } from './streams.js';

const trackers = 2;
export const graphitePrefix = 'viblast';
/** By which the demo's viewers, who are nobody, become pseudonyms. */
export const viewerSalt = 'a salt of the demo alone';
/**
 * What may still come after a minute's end: a session time-out, a rebalance, and 20 s for minutes
 * that not all have closed; on a busy machine.
 */
export const settleMsMax = 120_000;

/**
 * Times that fit the minute's length: the cluster's own for real minutes, shorter for short ones.
 */
function clusterTimes(intervalSeconds: number): StackOptions {
  return {
    intervalSeconds,
    lateSeconds: Math.max(60, 3 * intervalSeconds),
    graceSeconds: Math.max(10, intervalSeconds),
    takeoverSeconds: Math.max(15, intervalSeconds),
  };
}

/** A file that says where the viewers' addresses are; its path. */
function homesFile(folder: string): string {
  const path = join(folder, 'homes.mmdb');
  const entries = homes.map(({ range, country, system }) => {
    const entry = { country: { iso_code: country }, autonomous_system_number: system };
    return [range, entry] as const;
  });
  writeFileSync(path, maxmindFile(Object.fromEntries(entries)));
  return path;
}

/** With chaos one rollup has partials alone, one totals alone, and one takes over from both. */
export async function startSystem(
  options: DemoOptions,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<Stack> {
  const stack = await startStack({
    ...clusterTimes(options.intervalSeconds),
    brokers: 1,
    secure: options.secure,
    rollups: options.chaos ? 0 : 2,
    ingests: 1,
    portal: true,
    streams: [],
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    progress: (line) => output.say(line),
    signal,
  });
  try {
    if (stack.portal === undefined) throw new Error('the stack has no portal');
    if (options.chaos) {
      await Promise.all([stack.addRollup('partials'), stack.addRollup('totals')]);
      await stack.addRollup();
    }
    output.say(`registering the streams ${streamKeys.join(', ')}`);
    for (const stream of demoStreams) await createStream(stack.portal, stream);
    await stack.addTrackers(trackers, {
      settings: { network_databases: homesFile(stack.folder), viewer_salt: viewerSalt },
    });
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
