import { describe, expect, it } from '@jest/globals';
import { codec, type RegistryCommand } from '../schemas/index.js';
import { backupText, readBackup, withReplicas } from './backup.js';
import { textOfOptions } from './stream-options.js';
import { clusterChoice, streamNamed } from './testing/examples.js';

function bytesOf(id: string, command: RegistryCommand['command']): Buffer {
  return codec().encode('RegistryCommand', { id, written: 1, actor: 'me', command });
}

const { options, ...arena } = streamNamed('arena');
const values = [
  bytesOf('1', { 'viblast.SetCluster': { ...clusterChoice, expectedRevision: 0 } }),
  bytesOf('2', {
    'viblast.PutStream': { ...arena, options: textOfOptions(options), expectedRevision: 0 },
  }),
];

describe('a backup of the registry', () => {
  it('has each record byte by byte, and what they come to', () => {
    const backup = readBackup(backupText(values, 0));
    expect(backup.values).toEqual(values);
    expect(backup.streams).toBe(1);
    expect(backup.cluster).toMatchObject({ revision: 1, partitions: clusterChoice.partitions });
  });

  it('may be taken back by a Kafka that keeps more copies', () => {
    const backup = readBackup(backupText(values, 0));
    expect(withReplicas(backup, {})).toBe(backup);
    const replicas = { replicationFactor: 3, minInsyncReplicas: 2 };
    const taken = withReplicas(backup, replicas);
    expect(taken.values[1]).toBe(backup.values[1]);
    const read = readBackup(backupText(taken.values, 0));
    expect(read.cluster).toEqual({ ...backup.cluster, ...replicas });
    expect(taken.cluster).toEqual(read.cluster);
    const impossible = { replicationFactor: 1, minInsyncReplicas: 2 };
    expect(() => withReplicas(backup, impossible)).toThrow('minInsyncReplicas');
  });

  const text = backupText(values, 0);
  it.each([
    ['nothing', '', 'line 1'],
    ['something else', '{"format":"x"}\n', 'line 1'],
    ['no JSON', 'hush\n', 'line 1: no JSON object'],
    ['one that was cut off', text.split('\n').slice(0, -2).join('\n'), 'it has 1 records'],
    ['a broken record', text.replace(/"value":".{8}/, '"value":"AAAAAAAA'), 'line 2'],
    ['no value', text.replace(/{"value.*}/, '{}'), 'line 2'],
    ['no cluster', backupText(values.slice(1), 0), 'no settings of a cluster'],
  ])('refuses %s and says where', (_what, broken, said) => {
    expect(() => readBackup(broken)).toThrow(said);
  });
});
