import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';

const bytesMax = 120_000;
const assets = join(packageRoot(), 'dist', 'portal-api', 'web', 'assets');

describe("the portal's page as it is built", () => {
  it(`comes in ${bytesMax} bytes at most, scripts and style sheets together`, () => {
    if (!existsSync(assets)) throw new Error('the page is not built: npm run build:web');
    const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
    const bytes = files
      .map((name) => gzipSync(readFileSync(join(assets, name))).length)
      .reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
  });
});
