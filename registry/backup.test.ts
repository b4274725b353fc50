import { describe, expect, it } from '@jest/globals';
import { codec, type RegistryCommand } from '../schemas/index.js';
import { backupText, readBackup } from './backup.js';
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
