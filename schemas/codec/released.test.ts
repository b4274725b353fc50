import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { released } from './released.js';
import { schemaText } from './released-schemas.js';

const files = Object.values(released).flatMap((ofRecord) => Object.entries(ofRecord));

describe('released schemas', () => {
  it.each(files)('%s is what it was', (file, sha256) => {
    expect(createHash('sha256').update(schemaText(file)).digest('hex')).toBe(sha256);
  });

  it('are all written down here', () => {
    const present = readdirSync(join(packageRoot(), 'schemas', 'avro'));
    expect(present.map((file) => file.replace(/\.avsc$/, '')).sort()).toEqual(
      files.map(([file]) => file).sort(),
    );
  });
});
