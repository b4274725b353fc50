import { emptyStream, type ClusterChoice, type StreamSettings } from '../index.js';
import type { Member } from '../../schemas/index.js';
import type { Logger } from '../../service/logs.js';

export const clusterChoice: ClusterChoice = {
  partitions: 8,
  partialPartitions: 4,
  intervalSeconds: 60,
  lateSeconds: 180,
  graceSeconds: 60,
  takeoverSeconds: 60,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  recordsVersion: 3,
};

export function streamNamed(key: string, change: Partial<StreamSettings> = {}): StreamSettings {
  return { ...emptyStream(key), ...change };
}

export function memberNamed(name: string, change: Partial<Member> = {}): Member {
  return {
    name,
    role: 'tracker',
    instance: `${name}-1`,
    address: '127.0.0.1:1',
    version: '1',
    settingsFingerprint: 'f',
    load: 0,
    state: 'up',
    written: 0,
    owned: [],
    viewers: 0,
    ringRevision: 0,
    groups: [],
    ...change,
  };
}

/** A logger that keeps its lines as `level message`. */
export function keptLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (_fields: object, message: string): void =>
      void lines.push(`${level} ${message}`);
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  };
}

/** Resolves when the condition holds; rejects when it doesn't within five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error('the condition did not come true within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
