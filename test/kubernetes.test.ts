import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { measured } from '../admin/check/measured.js';
import { ingestSettings } from '../ingest/settings.js';
import { findCommand, runCommand } from '../lab/stack/install/run-command.js';
import { portalSettings } from '../portal-api/settings.js';
import { rollupSettings } from '../rollup/settings.js';
import { startAdminServer } from '../service/admin-server.js';
import { loadSettings } from '../service/config.js';
import { packageVersion } from '../service/package-root.js';
import { Health } from '../service/health.js';
import { trackerSettings } from '../tracker/settings.js';
import {
  bytesOf,
  containerOf,
  coresOf,
  kubernetesFolder,
  manifestsOf,
  preStopOf,
  workloadsOf,
} from './testing/manifests.js';

const base = manifestsOf('base');
const workloads = workloadsOf(base);
const services = {
  tracker: trackerSettings,
  rollup: rollupSettings,
  ingest: ingestSettings,
  portal: portalSettings,
} as const;
const names = Object.keys(services) as (keyof typeof services)[];

const workload = (name: string) => {
  const found = workloads.get(name);
  if (found === undefined) throw new Error(`deploy/kubernetes has no ${name}`);
  return found;
};

const defaultOf = (property: unknown): number => (property as { readonly default: number }).default;

describe('the manifests of Kubernetes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A service's settings as its pod has them, each secret's file with this text. */
  function settingsOf(name: keyof typeof services, source: string) {
    const secret = join(folder, 'secret');
    // Fits every secret: 43 characters of base64url.
    writeFileSync(secret, 'x'.repeat(43));
    for (const file of ['common', name]) {
      const text = readFileSync(join(kubernetesFolder, source, 'settings', `${file}.json`), 'utf8');
      writeFileSync(
        join(folder, `${file}.json`),
        text.replaceAll(/"\/etc\/viblast-secrets\/[\w-]+"/g, JSON.stringify(secret)),
      );
    }
    const environment = { VIBLAST_NODE_NAME: `${name}-0` };
    return loadSettings<(typeof services)[typeof name]>(name, services[name], {
      configPath: folder,
      environment,
    });
  }

  it.each(
    names.flatMap((name) => ['base', 'overlays/cluster'].map((where) => [name, where] as const)),
  )('give %s settings that it takes (%s)', (name, where) => {
    expect(settingsOf(name, where)).toMatchObject({
      admin_host: '0.0.0.0',
      node_name: `${name}-0`,
    });
  });

  it('have all services, and ports as these have them', () => {
    expect([...workloads.keys()].toSorted()).toEqual([...names, 'haproxy', 'setup'].toSorted());
    const { tracker_listen_port, tracker_agent_port, admin_port } = settingsOf(
      'tracker',
      'base',
    ) as Readonly<Record<string, unknown>>;
    const ports = containerOf(workload('tracker')).ports?.map(({ containerPort }) => containerPort);
    expect(ports).toEqual([admin_port, tracker_listen_port, tracker_agent_port]);
  });

  it.each([...workloads])('let %s do no more than it needs', (_name, manifest) => {
    const { securityContext } = manifest.spec.template.spec;
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: expect.any(Number),
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(containerOf(manifest).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it.each([...workloads].filter(([name]) => name !== 'setup'))(
    'have probes, a budget and a policy for %s, by the names of its pods',
    (name, manifest) => {
      const selector = { matchLabels: { 'app.kubernetes.io/component': name } };
      expect(manifest.spec.template.metadata.labels).toEqual(selector.matchLabels);
      expect(manifest.spec.selector).toEqual(selector);
      const of = (kind: string) =>
        base.find((one) => one.kind === kind && one.metadata.name === name);
      expect(of('PodDisruptionBudget')?.spec).toEqual({ maxUnavailable: 1, selector });
      const policy = of('NetworkPolicy');
      expect(policy?.spec.podSelector).toEqual(selector);
      const { ports, livenessProbe, readinessProbe } = containerOf(manifest);
      const open = policy?.spec.ingress?.flatMap((rule) => rule.ports.map(({ port }) => port));
      expect(open?.toSorted()).toEqual(ports?.map(({ containerPort }) => containerPort).toSorted());
      expect(livenessProbe?.httpGet.path).toBe('/healthz');
      expect(readinessProbe?.httpGet.path).toBe(name === 'haproxy' ? '/healthz' : '/readyz');
    },
  );

  it('let nothing through that no policy names', () => {
    const all = base.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'nothing',
    );
    expect(all?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('wait for a stop as long as it may take, with the drain before it', () => {
    const graceOf = (name: string) =>
      workload(name).spec.template.spec.terminationGracePeriodSeconds ?? 0;
    for (const name of ['rollup', 'ingest', 'portal'] as const) {
      const deadline = defaultOf(services[name].properties.stop_deadline_seconds);
      expect(graceOf(name)).toBeGreaterThanOrEqual(deadline + 10);
    }
    const drainMs = Number(
      /\+ ([\d_]+);/.exec(preStopOf('tracker', '').at(-1) ?? '')?.[1]?.replace('_', ''),
    );
    const deadline = defaultOf(trackerSettings.properties.stop_deadline_seconds);
    expect(drainMs).toBe(deadline * 1_000);
    expect(graceOf('tracker')).toBeGreaterThanOrEqual(drainMs / 1_000 + deadline + 10);
  });

  it('ask for what was measured', () => {
    const sockets = defaultOf(trackerSettings.properties.sockets_max);
    const { requests, limits } = containerOf(workload('tracker')).resources;
    const neededBytes = measured.bytesPerProcess + sockets * measured.bytesPerViewer.tracker;
    expect(bytesOf(requests.memory)).toBeGreaterThanOrEqual(neededBytes);
    expect(coresOf(requests.cpu)).toBeGreaterThanOrEqual(sockets / measured.viewersPerCore.tracker);
    expect(bytesOf(limits.memory)).toBeGreaterThanOrEqual(2 * neededBytes);
  });

  it('drain a tracker before it is told to stop', async () => {
    const asked: string[] = [];
    const states = ['announced', 'leaving', 'drained'];
    const route = (method: string) => {
      asked.push(method);
      return { status: 200, body: { state: states[asked.length - 1] ?? 'drained' } };
    };
    const routes = new Map([['/drain', route]]);
    const server = await startAdminServer('127.0.0.1', 0, new Registry(), new Health(), routes);
    const [command = '', ...args] = preStopOf('tracker', server.address);
    const { code, output } = await runCommand(
      command === 'node' ? process.execPath : command,
      args,
    );
    await server.close();
    expect([code, output]).toEqual([0, '']);
    expect(asked).toEqual(['POST', 'GET', 'GET']);
  });
});

describe('HAProxy of Kubernetes', () => {
  const path = join(kubernetesFolder, 'base', 'haproxy.cfg');
  const text = readFileSync(path, 'utf8');

  it('is what HAProxy takes', async () => {
    const { code, output } = await runCommand(findCommand('haproxy') ?? 'haproxy', [
      '-c',
      '-f',
      path,
    ]);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  });

  it('has room for all viewers of as many trackers as it looks for, and for who is told 503', () => {
    const sockets = defaultOf(trackerSettings.properties.sockets_max);
    const [, trackers] = /server-template tracker- 1-(\d+) /.exec(text) ?? [];
    const [, files] = /fd-hard-limit (\d+)/.exec(text) ?? [];
    expect(text).toContain(`maxconn ${sockets} `);
    expect(Number(files)).toBeGreaterThanOrEqual(2 * (Number(trackers) * sockets + 500));
  });
});

describe('the overlays', () => {
  it('scale to no more than there are partitions', () => {
    const scaled = manifestsOf('overlays/cluster').filter(
      ({ kind }) => kind === 'HorizontalPodAutoscaler',
    );
    expect(scaled.map(({ metadata }) => metadata.name)).toEqual(['rollup', 'ingest']);
    for (const { spec } of scaled) expect(spec.maxReplicas).toBeLessThanOrEqual(32);
  });

  it('run this version where one is named', () => {
    const file = join(kubernetesFolder, 'overlays', 'cluster', 'kustomization.yaml');
    const [, tag] = /newTag: ([^ ]+)/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(tag).toBe(packageVersion());
  });

  it('are single and cluster', () => {
    expect(readdirSync(join(kubernetesFolder, 'overlays'))).toEqual(['cluster', 'single']);
  });
});
