import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiledTree } from '../stack/index.js';
import type { Welcome } from './raw-viewer.js';
import type { Counts } from './tally.js';

export interface AttackersOptions {
  readonly urls: readonly string[];
  readonly stream: string;
  readonly lockedStream: string;
  readonly partition: number;
  readonly partitions: number;
  /** Names of attacks. */
  readonly attacks: readonly string[];
  /** Ordinary viewers of the stream that it waits for. */
  readonly victimsMin: number;
}

export interface AttackersStatus {
  /** What viewers are told. */
  readonly told: Pick<Welcome, 'limits' | 'announceIntervalMs'>;
  readonly victims: number;
  /** By attack. */
  readonly counts: Readonly<Record<string, Counts>>;
}

/** Hostile viewers in a process of their own. */
export interface AttackersProcess {
  status(): AttackersStatus | undefined;
  /** Ends the attacks. Rejects when it failed before. */
  stop(): Promise<void>;
  kill(): void;
}

const complaintLengthMax = 4_000;

/** Starts the hostile viewers. They end by themselves when this process does. */
export function attackersProcess(options: AttackersOptions): AttackersProcess {
  const program = join(compiledTree(), 'lab', 'hostile', 'attackers.js');
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let status: AttackersStatus | undefined;
  let complaint = '';
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('attackers: no pipes');
  createInterface({ input: stdout }).on('line', (line) => {
    status = JSON.parse(line) as AttackersStatus;
  });
  stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-complaintLengthMax);
  });
  // They have machines of their own; here they get what those who are attacked leave them.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(70));
    child.once('close', (code) => resolve(code ?? 128));
  });
  return {
    status: () => status,
    stop: async () => {
      child.kill('SIGTERM');
      const code = await exited;
      if (code !== 0) throw new Error(`attackers ended with ${code}: ${complaint.trim()}`);
    },
    kill: () => child.kill('SIGKILL'),
  };
}
