import { codec, type SetCluster } from '../schemas/index.js';
import { AppError } from '../service/errors.js';
import { clusterError } from './cluster-rules.js';
import { isDeleted } from './deleted-streams.js';
import { emptyRegistryState, fold } from './fold.js';
import type { ClusterSettings } from './types.js';

const format = 'viblast-registry';
const version = 1;

/** What a backup of the registry's log holds: its records as they are, and what they come to. */
export interface RegistryBackup {
  readonly values: readonly Buffer[];
  readonly cluster: ClusterSettings;
  readonly streams: number;
}

/**
 * The registry's log as lines of JSON: a head that counts them, then each record's bytes as base64,
 * so that a backup outlives every change of the schemas.
 */
export function backupText(values: readonly Buffer[], nowMs: number): string {
  const head = { format, version, madeAt: new Date(nowMs).toISOString(), records: values.length };
  const records = values.map((value) => ({ value: value.toString('base64') }));
  return [head, ...records].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Reads what `backupText` wrote. Throws an AppError (`invalid`) where it is something else, isn't
 * whole, has records that this version can't read, or is of a cluster that was never set up.
 */
export function readBackup(text: string): RegistryBackup {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const head = fieldsOf(first, 1);
  if (head['format'] !== format || head['version'] !== version) {
    throw invalid(`line 1: no head of a backup of the registry (version ${version})`);
  }
  if (head['records'] !== lines.length) {
    throw invalid(`it has ${lines.length} records, and should have ${String(head['records'])}`);
  }
  const state = emptyRegistryState();
  const values = lines.map((line, offset) => {
    const { value } = fieldsOf(line, offset + 2);
    const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64');
    const decoded = codec().decode(bytes);
    if (!decoded.ok) throw invalid(`line ${offset + 2}: ${decoded.reason}: ${decoded.detail}`);
    if (decoded.record.type !== 'RegistryCommand') {
      throw invalid(`line ${offset + 2}: a ${decoded.record.type}`);
    }
    fold(state, { offset, atMs: 0 }, decoded.record.value);
    return bytes;
  });
  if (state.cluster === undefined) throw invalid('it holds no settings of a cluster');
  const streams = [...state.streams.values()].filter(({ stream }) => !isDeleted(stream)).length;
  return { values, cluster: state.cluster, streams };
}

/** How many copies of all that it keeps a Kafka is to have. */
export type Replicas = Pick<SetCluster, 'replicationFactor' | 'minInsyncReplicas'>;

/**
 * The backup for a Kafka with as many copies as told, and as it is where that is nothing. Throws an
 * AppError (`invalid`) where a cluster can't have so many.
 */
export function withReplicas(backup: RegistryBackup, told: Partial<Replicas>): RegistryBackup {
  if (Object.keys(told).length === 0) return backup;
  const values = backup.values.map((value) => {
    const decoded = codec().decode(value);
    const command =
      decoded.ok && decoded.record.type === 'RegistryCommand' ? decoded.record.value : undefined;
    if (command === undefined || !('viblast.SetCluster' in command.command)) return value;
    const asked = { ...command.command['viblast.SetCluster'], ...told };
    const broken = clusterError(asked);
    if (broken !== undefined) throw invalid(broken);
    const changed = { ...command, command: { 'viblast.SetCluster': asked } };
    return codec().encode('RegistryCommand', changed);
  });
  return { ...backup, values, cluster: { ...backup.cluster, ...told } };
}

function fieldsOf(line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value));
  } catch {
    // Said below; the parser's own words would quote what may be a secret.
  }
  throw invalid(`line ${number}: no JSON object`);
}

function invalid(reason: string): AppError {
  return new AppError('invalid', `no backup that can be taken back: ${reason}`);
}
