import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';
import { rooms } from './tidy/imports.js';
import { core } from './tidy/pure-core.js';
import { rules } from './tidy/rules.js';
import { settingsWithoutDescription } from './tidy/setting-descriptions.js';
import { isCode, isOfTests, readTree, roomOf } from './tidy/tree.js';

const tree = readTree(packageRoot());

/** The rooms whose settings each have a description. */
const describedSettings: readonly string[] = ['tracker', 'rollup', 'ingest', 'portal-api'];

describe('the tree', () => {
  it.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(rule(tree)).toEqual([]);
  });

  it('says of every setting what it does', async () => {
    for (const room of describedSettings) {
      const path = `${room}/settings.ts`;
      const exports = (await import(join(packageRoot(), path))) as Record<string, unknown>;
      expect(settingsWithoutDescription({ path, exports })).toEqual([]);
    }
  });

  it('has files for every entry of the rules’ tables, so that they hold something', () => {
    const sources = tree.files.filter((file) => isCode(file) && !isOfTests(file));
    const isEmpty = (room: string): boolean => !sources.some(({ path }) => roomOf(path) === room);
    const isUnused = (part: RegExp): boolean => !sources.some(({ path }) => part.test(path));
    expect([...rooms.filter(isEmpty), ...core.filter(isUnused)]).toEqual([]);
  });
});
