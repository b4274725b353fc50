import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import { must } from '../install/must.js';
import type { BaseImages } from './base-images.js';

export type ImageName = 'backend' | 'graphite' | 'kafka' | 'haproxy' | 'clickhouse';

interface ImageBuild {
  /** The folder that is sent to the engine, from the package's root. */
  readonly context: string;
  readonly dockerfile: string;
  /** The Dockerfile's argument that names what it is built on, and which of the bases that is. */
  readonly base: readonly [argument: string, base: keyof BaseImages];
  readonly buildArguments?: readonly string[];
}

const ownFolder = 'lab/stack/containers/images';

/** What the stack's parts run in: the images that are shipped, and others for what others ship. */
const builds: Readonly<Record<ImageName, ImageBuild>> = {
  backend: { context: '.', dockerfile: 'deploy/Dockerfile', base: ['NODE', 'node'] },
  graphite: {
    context: 'deploy/graphite',
    dockerfile: 'deploy/graphite/Dockerfile',
    base: ['DEBIAN', 'debian'],
  },
  kafka: {
    context: 'lab/stack/kafka',
    dockerfile: `${ownFolder}/kafka.Dockerfile`,
    base: ['DEBIAN', 'debian'],
    buildArguments: [`--build-arg=LIBS=${join(packageRoot(), 'lab/stack/kafka/libs')}`],
  },
  haproxy: {
    context: ownFolder,
    dockerfile: `${ownFolder}/haproxy.Dockerfile`,
    base: ['DEBIAN', 'debian'],
  },
  clickhouse: {
    context: ownFolder,
    dockerfile: `${ownFolder}/clickhouse.Dockerfile`,
    base: ['NODE', 'node'],
  },
};

export function imageTag(name: ImageName): string {
  return `viblast-lab/${name}`;
}

/**
 * Builds all images from this repository. Throws a StartError (unavailable) with the end of what
 * the engine said where one can't be built.
 */
export async function buildImages(bases: BaseImages, say: (line: string) => void): Promise<void> {
  // One after the other: each is a compiler or a package manager at work.
  for (const [name, build] of Object.entries(builds) as [ImageName, ImageBuild][]) {
    say(`building the image ${imageTag(name)} from ${build.dockerfile}`);
    const [argument, base] = build.base;
    await must('docker', [
      'build',
      '--network=host',
      `--tag=${imageTag(name)}`,
      `--file=${join(packageRoot(), build.dockerfile)}`,
      `--build-arg=${argument}=${bases[base]}`,
      ...(build.buildArguments ?? []),
      join(packageRoot(), build.context),
    ]);
  }
}
