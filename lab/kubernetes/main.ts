import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { runCommand, runProgram, type ProgramOutput } from '../stack/index.js';
import { kubernetesTools, type KubernetesTools } from './tools.js';

/**
 * `npm run test:kubernetes`: renders each overlay of deploy/kubernetes and holds it to the API's
 * schemas, of the oldest Kubernetes that is meant and of the newest that the tool knows. Exit code
 * 1 when something doesn't fit.
 */

const overlays = join(packageRoot(), 'deploy', 'kubernetes', 'overlays');
const versions = ['1.31', '1.37'];

/** What the tool must find, or it would find nothing in ours either. */
const broken: readonly (readonly [right: RegExp, wrong: string])[] = [
  [/^ {2}replicas: \d+$/m, '  replicas: several'],
  [/^ {2}minReadySeconds: /m, '  minReadySecond: '],
];

process.exitCode = await runProgram('kubernetes', async ({ say, show }) => {
  const tools = await kubernetesTools(say);
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  try {
    let isRight = true;
    for (const overlay of readdirSync(overlays)) {
      isRight = (await holds(overlay, folder, tools, { say, show })) && isRight;
    }
    return isRight;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function holds(
  overlay: string,
  folder: string,
  { kustomize, validate }: KubernetesTools,
  { show }: ProgramOutput,
): Promise<boolean> {
  const path = join(folder, `${overlay}.yaml`);
  const rendered = await runCommand(kustomize, [
    'build',
    join(overlays, overlay),
    '--output',
    path,
  ]);
  if (rendered.code !== 0) {
    show(`FAIL ${overlay}: kustomize: ${rendered.output}`);
    return false;
  }
  const text = readFileSync(path, 'utf8');
  let isRight = true;
  for (const version of versions) {
    const check = (file: string): ReturnType<typeof runCommand> =>
      runCommand(validate, ['--strict', '--quiet', '--kubernetes-version', version, file]);
    const { code, output } = await check(path);
    show(`${code === 0 ? 'PASS' : 'FAIL'} ${overlay}, Kubernetes ${version} ${output.trim()}`);
    isRight &&= code === 0;
    for (const [right, wrong] of broken) {
      const wrongPath = join(folder, 'wrong.yaml');
      writeFileSync(wrongPath, text.replace(right, wrong));
      if ((await check(wrongPath)).code !== 0) continue;
      show(`FAIL ${overlay}, Kubernetes ${version}: "${wrong.trim()}" is not found`);
      isRight = false;
    }
  }
  return isRight;
}
