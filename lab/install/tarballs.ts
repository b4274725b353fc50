import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../../service/package-root.js';
import { must } from '../stack/index.js';

/** What a release is: the tarball of `npm pack`, in `folder`. Its file's name. */
export async function packRelease(folder: string): Promise<string> {
  const output = await must('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: packageRoot(),
  });
  return output.trim().split('\n').at(-1) ?? '';
}

/** The same as the next release, by its version alone. */
export async function nextRelease(folder: string, tarball: string): Promise<string> {
  const unpacked = join(folder, 'next');
  await must('mkdir', [unpacked]);
  await must('tar', ['-xzf', join(folder, tarball), '-C', unpacked]);
  const path = join(unpacked, 'package', 'package.json');
  const version = `${packageVersion()}-next`;
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  writeFileSync(path, JSON.stringify({ ...manifest, version }));
  const name = `viblast-backend-${version}.tgz`;
  await must('tar', ['-czf', join(folder, name), '-C', unpacked, 'package']);
  await must('rm', ['-rf', unpacked]);
  return name;
}
