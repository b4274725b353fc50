import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { packageRoot } from '../../../service/package-root.js';
import { installPackages, mavenNeed } from './debian-packages.js';
import { withLock } from '../../../service/with-lock.js';
import { runCommand } from './run-command.js';

const pomCopyName = 'installed-pom.xml';

/**
 * The folder of Kafka's jars, fetched with Maven when they are missing or of another pom.xml.
 * They appear there all at once, and one process at a time fetches them.
 */
export async function kafkaJars(say: (line: string) => void): Promise<string> {
  const project = join(packageRoot(), 'lab', 'stack', 'kafka');
  const libs = join(project, 'libs');
  if (isCurrent(project, libs)) return libs;
  await installPackages([mavenNeed], say);
  await withLock(project, async () => {
    if (!isCurrent(project, libs)) await fetchJars(project, libs, say);
  });
  return libs;
}

function isCurrent(project: string, libs: string): boolean {
  const copy = join(libs, pomCopyName);
  if (!existsSync(copy)) return false;
  return readFileSync(copy, 'utf8') === readFileSync(join(project, 'pom.xml'), 'utf8');
}

async function fetchJars(
  project: string,
  libs: string,
  say: (line: string) => void,
): Promise<void> {
  say("fetching Kafka's jars with Maven (44 MB): the broker is made of them");
  // Within the package, so that the rename below stays in one file system.
  const workFolder = join(packageRoot(), '.stack');
  mkdirSync(workFolder, { recursive: true });
  const fresh = mkdtempSync(join(workFolder, 'jars-'));
  try {
    const args = ['-q', '-B', '-f', join(project, 'pom.xml'), 'dependency:copy-dependencies'];
    const result = await runCommand('mvn', [
      ...args,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${fresh}`,
    ]);
    if (result.code !== 0) {
      const lines = result.output.trimEnd().split('\n').slice(-10).join('\n');
      throw new StartError(
        'jars_missing',
        `Maven could not fetch Kafka's jars (code ${result.code}):\n${lines}`,
        exitCode.unavailable,
      );
    }
    writeFileSync(join(fresh, pomCopyName), readFileSync(join(project, 'pom.xml')));
    rmSync(libs, { recursive: true, force: true });
    renameSync(fresh, libs);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}
