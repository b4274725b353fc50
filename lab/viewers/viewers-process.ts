import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Condition } from './condition.js';
import type { ViewersStatus } from './statistics.js';
import { streamsText } from './stream-profile.js';

export interface ViewersOptions {
  /** Where the trackers are; several by commas, which viewers take by turns. */
  readonly ws: string;
  readonly viewers: number;
  readonly streams: readonly { readonly key: string; readonly renditions: readonly string[] }[];
  readonly seed: number;
  /** Where it writes the truth; must not exist. */
  readonly ledgerFile: string;
  /** Instead of the trackers'. */
  readonly announceIntervalSeconds?: number;
  readonly sessionSeconds?: number;
  readonly rampSeconds?: number;
  /** Of the first viewers so many at a time may have no answer yet: the others come after them. */
  readonly joiningMax?: number;
  readonly drainSeconds?: number;
  /** True: each from a loopback address of its own. */
  readonly ownAddresses?: boolean;
  /** Of those who come, so many are seeders, and as many previews; none by default. */
  readonly otherRolesShare?: number;
  /** What is arranged for them; `usual` by default. */
  readonly condition?: Condition;
  /** The compiled tree's folder; by default the one that this runs in. */
  readonly distFolder?: string;
}

/** Simulated viewers in a process of their own. */
export interface ViewersProcess {
  readonly pid: number;
  readonly ledgerFile: string;
  /** What it told last; undefined before the first. */
  status(): ViewersStatus | undefined;
  /** Lets it finish: no new announces, answers awaited, ledger closed. Rejects when it failed. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
  /** Resolves with the exit code when it ends. */
  readonly exited: Promise<number>;
}

function flagsOf(options: ViewersOptions): string[] {
  const optional = [
    ['--announce-interval', options.announceIntervalSeconds],
    ['--session-seconds', options.sessionSeconds],
    ['--ramp-seconds', options.rampSeconds],
    ['--joining-max', options.joiningMax],
    ['--drain-seconds', options.drainSeconds],
    ['--condition', options.condition],
    ['--other-roles-share', options.otherRolesShare],
  ] as const;
  return [
    ['--ws', options.ws],
    ['--viewers', options.viewers],
    ['--streams', streamsText(options.streams)],
    ['--seed', options.seed],
    ['--ledger', options.ledgerFile],
    ...optional.filter(([, value]) => value !== undefined),
    ...(options.ownAddresses === true ? ['--own-addresses'] : []),
  ].flat() as string[];
}

/**
 * Messages of thousands of viewers are garbage a moment later: with room for more of it (of 16 MB
 * by itself) half of the collector's work goes.
 */
const nodeArguments = ['--max-semi-space-size=64'];

/** The most of what it complains that is kept. */
const complaintLengthMax = 4_000;

/** Starts viewers. They end by themselves when this process does. */
export function viewersProcess(options: ViewersOptions): ViewersProcess {
  const folder = options.distFolder ?? join(fileURLToPath(import.meta.url), '..', '..', '..');
  const child = spawn(
    process.execPath,
    [...nodeArguments, join(folder, 'lab', 'viewers', 'main.js'), ...flagsOf(options).map(String)],
    // In a group of its own: Ctrl-C is for us, and we tell it when to finish.
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
  );
  let status: ViewersStatus | undefined;
  let complaint = '';
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('viewers: no pipes');
  createInterface({ input: stdout }).on('line', (line) => {
    status = JSON.parse(line) as ViewersStatus;
  });
  stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-complaintLengthMax);
  });
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(70));
    child.once('close', (code) => resolve(code ?? 128));
  });
  return {
    pid: child.pid ?? 0,
    ledgerFile: options.ledgerFile,
    status: () => status,
    stop: async () => {
      child.kill('SIGTERM');
      const code = await exited;
      if (code !== 0) throw new Error(`viewers ended with ${code}: ${complaint.trim()}`);
    },
    kill: () => child.kill('SIGKILL'),
    exited,
  };
}
