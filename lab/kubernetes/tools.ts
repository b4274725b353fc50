import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { findCommand, must, runCommand } from '../stack/index.js';

const kustomizeVersion = 'v5.6.0';
/** Its version is that of the newest Kubernetes whose schemas it has; it has those before, too. */
const validateVersion = '1.37.0';

const folder = join(packageRoot(), '.stack', 'kubernetes');

export interface KubernetesTools {
  readonly kustomize: string;
  readonly validate: string;
}

/** Finds or installs kustomize (by Go) and kubernetes-validate (of PyPI). */
export async function kubernetesTools(say: (line: string) => void): Promise<KubernetesTools> {
  mkdirSync(folder, { recursive: true });
  return { kustomize: await kustomize(say), validate: await validator(say) };
}

async function kustomize(say: (line: string) => void): Promise<string> {
  const path = join(folder, 'kustomize');
  if ((await runCommand(path, ['version'])).code === 0) return path;
  const found = findCommand('kustomize');
  if (found !== undefined) return found;
  say(`installing kustomize ${kustomizeVersion} with Go`);
  await must('go', ['install', `sigs.k8s.io/kustomize/kustomize/v5@${kustomizeVersion}`], {
    environment: { GOBIN: folder },
  });
  return path;
}

async function validator(say: (line: string) => void): Promise<string> {
  const environment = join(folder, `validate-${validateVersion}`);
  const path = join(environment, 'bin', 'kubernetes-validate');
  if ((await runCommand(path, ['--version'])).code === 0) return path;
  say(`installing kubernetes-validate ${validateVersion} with pip`);
  await must('python3', ['-m', 'venv', '--clear', environment]);
  const wanted = `kubernetes-validate==${validateVersion}`;
  await must(join(environment, 'bin', 'pip'), ['install', '--quiet', wanted]);
  return path;
}
