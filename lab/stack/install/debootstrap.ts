import { installPackages } from './debian-packages.js';
import { must } from './must.js';

const need = {
  command: 'debootstrap',
  package: 'debootstrap',
  why: 'it makes a Debian in a folder',
};

/**
 * A Debian with nothing but what every Debian has, and `packages`, in a folder: of the release and
 * from the mirror that apt has here. Installs debootstrap where it is missing.
 */
export async function debootstrap(
  folder: string,
  packages: readonly string[] = [],
  say: (line: string) => void = () => undefined,
): Promise<void> {
  await installPackages([need], say);
  const { release, mirror } = await debianHere();
  const included = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  await must('debootstrap', ['--variant=minbase', ...included, release, folder, mirror]);
}

async function debianHere(): Promise<{ readonly release: string; readonly mirror: string }> {
  const format = '$(CREATED_BY) $(RELEASE) $(REPO_URI)';
  const targets = await must('apt-get', ['indextargets', '--format', format]);
  const [, release = 'stable', mirror = ''] =
    targets
      .split('\n')
      .map((line) => line.split(' '))
      .find(([kind, name = '']) => kind === 'Packages' && /^[a-z]+$/.test(name)) ?? [];
  return { release, mirror };
}
