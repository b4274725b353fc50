import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { schemaText } from '../testing/arbitrary-records.js';

/** SHA-256 of every schema file that was ever released. Lines are added here, never changed. */
const released: Readonly<Record<string, string>> = {
  'announce-batch.v1': '345650d5d75478640210d1323cf95212aa0dafbae5c18c236970f1b2b9d723ae',
  'dead-letter.v1': '3267617cd23726bb01378b648c17bf6b427c2d77ec41c8fe0b81cc46f72ebe60',
  'mark.v1': 'f27a56ba758956b3ee731b50422e05972434d7067acb24d0a59719990088987b',
  'member.v1': '18309e631f238c664b6d8cc961e539881cae679fe2c05f52efdb7aad0763c9dd',
  'partial-batch.v1': '53c1c626d4312cd524d77de34aa228f0775b8c0e8a773cf6e71a147569f90089',
  'progress.v1': '565d7b5224d64018eeeae4f2bb616be40757f20d82c6ea22df5adccd32202103',
  'registry-command.v1': 'a4215d99172995f05eb5e7590686e8f50c5a54e25b67bbf119adff3645be18a7',
};

describe('released schemas', () => {
  it.each(Object.entries(released))('%s is what it was', (file, sha256) => {
    expect(createHash('sha256').update(schemaText(file)).digest('hex')).toBe(sha256);
  });

  it('are all written down here', () => {
    const files = readdirSync(join(packageRoot(), 'schemas', 'avro'));
    expect(files.map((file) => file.replace(/\.avsc$/, '')).sort()).toEqual(
      Object.keys(released).sort(),
    );
  });
});
