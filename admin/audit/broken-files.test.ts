import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { whisperHead } from '../../service/testing/whisper-head.js';
import { brokenFiles, isReadable, mend, type BrokenFile } from './broken-files.js';

const head = whisperHead([{ stepS: 60, points: 100 }]);
const whole = Buffer.concat([head, Buffer.alloc(100 * 12, 7)]);
let root: string;
let folder: string;

function pathOf(metric: string): string {
  return `${join(folder, ...metric.split('.'))}.wsp`;
}

function put(metric: string, bytes: Buffer): void {
  mkdirSync(dirname(pathOf(metric)), { recursive: true });
  writeFileSync(pathOf(metric), bytes);
}

function found(...bases: readonly string[]): BrokenFile[] {
  return [...brokenFiles(folder, 'v', bases.length === 0 ? ['v'] : bases)];
}

function metricsOf(files: readonly BrokenFile[]): string[] {
  return files.map(({ metric }) => metric).sort();
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'broken-files-'));
  folder = join(root, 'whisper');
  put('v.streams.a.viewers', whole);
  put('v.total.viewers', whole);
  put('v.streams.a.stalls', Buffer.alloc(0));
  put('v.streams.b~2Ec.bytes.cdn', whole.subarray(0, 20));
  put('v.facets.a.country.de.viewers', whole.subarray(0, 500));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('broken files', () => {
  it('are those of our metrics that whisper cannot read, and no others', () => {
    put('carbon.agents.a.errors', Buffer.alloc(0));
    writeFileSync(join(folder, 'v', 'notes.txt'), '');
    expect(metricsOf(found())).toEqual([
      'v.facets.a.country.de.viewers',
      'v.streams.a.stalls',
      'v.streams.b~2Ec.bytes.cdn',
    ]);
  });

  it('are looked for below some metrics alone, of which there may be none', () => {
    expect(metricsOf(found('v.streams.a', 'v.facets.a', 'v.facets.b'))).toEqual([
      'v.facets.a.country.de.viewers',
      'v.streams.a.stalls',
    ]);
  });

  it('are put aside without a header, and filled up behind one, once each', () => {
    const files = found();
    expect(files.map(mend)).toEqual([true, true, true]);
    expect(found()).toEqual([]);
    expect(files.map(mend)).toEqual([false, false, false]);
    expect(existsSync(pathOf('v.streams.a.stalls'))).toBe(false);
    const aside = readFileSync(`${pathOf('v.streams.b~2Ec.bytes.cdn')}.broken`);
    expect(aside).toEqual(whole.subarray(0, 20));
    const filledUp = readFileSync(pathOf('v.facets.a.country.de.viewers'));
    expect(filledUp).toEqual(Buffer.concat([whole.subarray(0, 500)], whole.length));
    expect(readFileSync(pathOf('v.streams.a.viewers'))).toEqual(whole);
  });

  it('are left when they have changed since they were seen', () => {
    const files = found();
    put('v.streams.a.stalls', whole);
    put('v.streams.b~2Ec.bytes.cdn', whole.subarray(0, 21));
    utimesSync(pathOf('v.facets.a.country.de.viewers'), 1, 1);
    expect(files.map(mend)).toEqual([false, false, false]);
    expect(readFileSync(pathOf('v.streams.a.stalls'))).toEqual(whole);
  });

  it('are not found or mended by way of a link', () => {
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    const file = join(elsewhere, 'empty.wsp');
    writeFileSync(file, '');
    symlinkSync(elsewhere, join(folder, 'v', 'streams', 'linked'));
    symlinkSync(file, pathOf('v.streams.a.linked'));
    const files = found();
    expect(metricsOf(files).filter((metric) => metric.includes('linked'))).toEqual([]);
    // A file that was one when it was seen, and is a link now.
    const [stalls] = files.filter(({ metric }) => metric.endsWith('stalls'));
    renameSync(pathOf('v.streams.a.stalls'), join(elsewhere, 'stalls.wsp'));
    symlinkSync(join(elsewhere, 'stalls.wsp'), pathOf('v.streams.a.stalls'));
    expect(stalls !== undefined && mend(stalls)).toBe(false);
    expect(() => found('v.streams.linked')).toThrow(/linked: it is not a folder, and links/);
  });

  it('are not looked for where nothing of ours is', () => {
    expect(() => [...brokenFiles(folder, 'w', ['w'])]).toThrow(
      expect.objectContaining({
        code: 'usage',
        exitCode: 64,
        message: `--whisper: ${folder}: it has nothing of w: carbon.conf names it as LOCAL_DATA_DIR`,
      }),
    );
    expect(() => [...brokenFiles(join(root, 'none'), 'v', ['v'])]).toThrow(/none: .*ENOENT/);
  });

  it('are told from those that can be read, and from none', () => {
    expect(isReadable(folder, 'v.streams.a.viewers')).toBe(true);
    expect(isReadable(folder, 'v.streams.a.stalls')).toBe(false);
    expect(isReadable(folder, 'v.streams.a.none')).toBe(false);
  });
});
