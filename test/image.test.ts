import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { packageRoot } from '../service/package-root.js';

const root = packageRoot();

/** What a config compiles, without what its files import. */
function sourcesOf(config: string): string[] {
  const path = join(root, config);
  const read = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const { fileNames, errors } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  expect(errors).toEqual([]);
  return fileNames.map((file) => relative(root, file));
}

describe('the image', () => {
  const isShipped = (path: string): boolean => !/^(lab|test)\/|\/testing\/|\.test\.ts$/.test(path);

  it('is compiled without lab, tests and their helpers', () => {
    const sources = sourcesOf('tsconfig.build.json');
    expect(sources).toContain('tracker/main.ts');
    expect(sources.filter((path) => !isShipped(path))).toEqual([]);
  });

  it('has all services, which lab/ is compiled beside', () => {
    const shipped = sourcesOf('tsconfig.build.json');
    const all = sourcesOf('tsconfig.lab.json');
    expect(all).toContain('lab/stack/main.ts');
    expect(all.filter(isShipped)).toEqual(shipped);
  });

  it('is built from a context without lab', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['lab', 'test', '.git', 'node_modules']));
  });
});
