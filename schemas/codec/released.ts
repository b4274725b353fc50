import type { RecordName } from '../records.js';

/**
 * Every schema that `avro/` ever had, oldest first for each record, with the SHA-256 of its file. A
 * released file never changes, so neither does its line; a new one is added beside it and here, and
 * what it adds has a default. The newest is written, all are read.
 */
export const released: Readonly<Record<RecordName, Readonly<Record<string, string>>>> = {
  AnnounceBatch: {
    'announce-batch.v1': '345650d5d75478640210d1323cf95212aa0dafbae5c18c236970f1b2b9d723ae',
    'announce-batch.v2': '32e8649da037e75b6a5d3687f23f5324aa72a07d2938901fdd23e42fee44cd8a',
  },
  Mark: {
    'mark.v1': 'f27a56ba758956b3ee731b50422e05972434d7067acb24d0a59719990088987b',
  },
  PartialBatch: {
    'partial-batch.v1': '53c1c626d4312cd524d77de34aa228f0775b8c0e8a773cf6e71a147569f90089',
    'partial-batch.v2': '981ffb34f6d65657783db634c7a71ba69b5faf8bd3f3cce37e903f984567b905',
    'partial-batch.v3': '2074e431138c17537ca1a8f3333d81e6a31bb38ec1e87cad78e0d890cc0e2cde',
  },
  Progress: {
    'progress.v1': '565d7b5224d64018eeeae4f2bb616be40757f20d82c6ea22df5adccd32202103',
  },
  Member: {
    'member.v1': '18309e631f238c664b6d8cc961e539881cae679fe2c05f52efdb7aad0763c9dd',
    'member.v2': '2e5c8164e54bc1800ba047122a60d385100c617e6f30d2cfb54b05648b63219c',
  },
  RegistryCommand: {
    'registry-command.v1': 'a4215d99172995f05eb5e7590686e8f50c5a54e25b67bbf119adff3645be18a7',
    'registry-command.v2': 'a19b523ff6a130a290925cd1a45b1b157e9728e91faddd67542f1dcf3e8586a2',
    'registry-command.v3': '5741a5f6f27ceb369e1aa631dca34d9efd2bebd05a5c2dc9115bdcabcbafd257',
    'registry-command.v4': '55bd90ae377943803d326366e54230fc9c1e8ec9740a377148f5bf1838b423df',
  },
  DeadLetter: {
    'dead-letter.v1': '3267617cd23726bb01378b648c17bf6b427c2d77ec41c8fe0b81cc46f72ebe60',
  },
  SwarmSamples: {
    'swarm-samples.v1': 'cffa515fc98b2d13b7dcdef5c26e6c90613eeeda2c2cc3a787fcb5341d70e363',
  },
  NeighbourMessage: {
    'neighbour-message.v1': 'ae01fee0afa8b1aadcf54abf94def5c3bd6009c51ee261148cfd2b74cdb1fca3',
  },
};

/** The names of a record's schemas, oldest first. */
export function releasedOf(record: RecordName): readonly string[] {
  return Object.keys(released[record]);
}

/** The name of the schema by which a record is written. */
export function newestOf(record: RecordName): string {
  const name = releasedOf(record).at(-1);
  if (name === undefined) throw new Error(`no schema for ${record}`);
  return name;
}

export const recordNames = Object.keys(released) as readonly RecordName[];
