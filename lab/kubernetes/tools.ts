import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { findCommand, must, pythonProgram, runCommand } from '../stack/index.js';

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
  const wanted = [`kubernetes-validate==${validateVersion}`];
  const validate = await pythonProgram('kubernetes-validate', wanted, say);
  return { kustomize: await kustomize(say), validate };
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
