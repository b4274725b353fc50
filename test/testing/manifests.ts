import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../service/package-root.js';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string };
  };
}

interface Rule {
  readonly ports: readonly { readonly port: number }[];
}

/** As much of a manifest as tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly containers: readonly Container[];
      };
    };
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
    readonly maxReplicas: number;
  };
}

export const kubernetesFolder = join(packageRoot(), 'deploy', 'kubernetes');

/** All documents of a folder below deploy/kubernetes, as they stand there. */
export function manifestsOf(folder: string): Manifest[] {
  const path = join(kubernetesFolder, folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .flatMap((name) => parseAllDocuments(readFileSync(join(path, name), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}

/** What runs pods, by its name. */
export function workloadsOf(manifests: readonly Manifest[]): Map<string, Manifest> {
  const kinds = ['Deployment', 'StatefulSet', 'Job'];
  return new Map(
    manifests
      .filter(({ kind }) => kinds.includes(kind))
      .map((manifest) => [manifest.metadata.name, manifest]),
  );
}

/** The only container of a workload. */
export function containerOf({ metadata, spec }: Manifest): Container {
  const [container, ...others] = spec.template.spec.containers;
  if (container === undefined || others.length > 0) throw new Error(`${metadata.name} has not one`);
  return container;
}

/** Bytes of `512Mi` or `1Gi`. */
export function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(Mi|Gi)$/.exec(text) ?? [];
  return Number(number) * { Mi: 2 ** 20, Gi: 2 ** 30 }[unit as 'Mi' | 'Gi'];
}

/** Cores of `500m`. */
export function coresOf(text: string): number {
  return Number(/^(\d+)m$/.exec(text)?.[1]) / 1_000;
}

/** What a workload's pod runs before it is told to stop, with its admin port at this address. */
export function preStopOf(name: string, admin: string): readonly string[] {
  const workload = workloadsOf(manifestsOf('base')).get(name);
  if (workload === undefined) throw new Error(`deploy/kubernetes has no ${name}`);
  const command = containerOf(workload).lifecycle?.preStop.exec.command ?? [];
  return command.map((text) => text.replace('127.0.0.1:2920', admin));
}
