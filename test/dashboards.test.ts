import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { findCommand, runCommand } from '../lab/stack/index.js';
import { packageRoot } from '../service/package-root.js';
import { alertRules, groupedBy, selectorsOf } from './testing/alert-rules.js';
import { buildDashboard } from './testing/dashboards/build-dashboard.js';
import { isItWell } from './testing/dashboards/is-it-well.js';
import { partsAround } from './testing/dashboards/parts-around.js';
import { rollupAndIngest } from './testing/dashboards/rollup-and-ingest.js';
import { trackers } from './testing/dashboards/trackers.js';
import { registeredLabels } from './testing/registered-metrics.js';

const dashboards = [isItWell, trackers, rollupAndIngest, partsAround];
const grafana = join(packageRoot(), 'deploy', 'grafana');
const panels = dashboards.flatMap(({ uid, rows }) =>
  rows.flatMap((row) => row.panels.map((panel) => ({ ...panel, uid }))),
);
const expressions = panels.flatMap(({ uid, title, queries }) =>
  queries.map(({ expr, legend }) => ({ uid, title, expr, legend })),
);
const runbooks = readFileSync(join(packageRoot(), 'docs', 'runbooks.md'), 'utf8');
/** Of every Node.js process (docs/metrics.md), and Prometheus' own. */
const alwaysThere = [
  'nodejs_eventloop_lag_p99_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_start_time_seconds',
  'up',
  'ALERTS',
];

function metricsOf(expression: string): string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|\b(?:by|on) \([^)]*\)/g, '');
  return bare.match(/\b(?:up|ALERTS|[A-Za-z]+_\w+)\b(?!\()/g) ?? [];
}

describe('the dashboards of deploy/grafana/dashboards/', () => {
  it.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s is what its description makes by Grafana’s own library',
    (uid, dashboard) => {
      const path = join(grafana, 'dashboards', `${uid}.json`);
      const built = buildDashboard(dashboard);
      // UPDATE_DASHBOARDS=1 writes it anew after a change of a panel.
      if (process.env['UPDATE_DASHBOARDS'] === '1') writeFileSync(path, built);
      expect(readFileSync(path, 'utf8')).toBe(built);
    },
  );

  it('are no others, and each is where Grafana looks for it', () => {
    const files = readdirSync(join(grafana, 'dashboards')).toSorted();
    expect(files).toEqual(dashboards.map(({ uid }) => `${uid}.json`).toSorted());
    const provider = readFileSync(join(grafana, 'provisioning/dashboards/viblast.yml'), 'utf8');
    expect(provider).toContain('path: /etc/grafana/dashboards');
  });

  it('ask the data source that is provisioned', () => {
    const path = join(grafana, 'provisioning/datasources/viblast.yml');
    const { datasources } = parse(readFileSync(path, 'utf8')) as {
      readonly datasources: readonly { readonly uid: string; readonly type: string }[];
    };
    const sources = datasources.map(({ uid, type }) => `"type": "${type}","uid": "${uid}"`);
    for (const dashboard of dashboards) {
      const asked = buildDashboard(dashboard).match(/"type": "\w+",\s+"uid": "[\w-]+"/g) ?? [];
      expect(asked.length).toBeGreaterThan(0);
      for (const source of asked) expect(sources).toContain(source.replaceAll(/,\s+/g, ','));
    }
  });

  it.each(expressions)('$uid, $title: $expr is of metrics that there are', async ({ expr }) => {
    const registered = await registeredLabels();
    const ofOthers = alertRules().flatMap(({ expr: rule }) => selectorsOf(rule));
    const known = new Set([
      ...registered.keys(),
      ...alwaysThere,
      ...ofOthers.map(({ name }) => name).filter((name) => /^(haproxy|ClickHouse)/.test(name)),
    ]);
    const names = metricsOf(expr);
    expect(names.length).toBeGreaterThan(0);
    const unknown = names.filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
    );
    expect(unknown).toEqual([]);
  });

  it('go by labels that there are', async () => {
    const own = [...(await registeredLabels()).values()].flat();
    const general = ['service', 'node', 'le', 'instance', 'job', 'alertname'];
    const labels = new Set([...own, ...general]);
    for (const { expr, legend } of expressions) {
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      const used = [...groupedBy(expr), ...named];
      expect([expr, used.filter((label) => !labels.has(label))]).toEqual([expr, []]);
    }
  });

  it('refer to pages of docs/runbooks.md that there are', () => {
    for (const { description } of panels) {
      for (const [, page = ''] of description.matchAll(/#([a-z]+)/g)) {
        expect(runbooks.toLowerCase()).toContain(`### ${page}\n`);
      }
    }
  });

  const promtool = findCommand('promtool');
  if (promtool === undefined) console.warn('promtool is missing: the panels are not checked by it');
  else {
    it('have expressions that Prometheus reads', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
      const rules = expressions.map(({ expr }, index) => ({
        record: `panel_${index}`,
        expr: expr.replaceAll('$__rate_interval', '1m'),
      }));
      // JSON is YAML.
      const path = join(folder, 'panels.yml');
      writeFileSync(path, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
      const { code, output } = await runCommand(promtool, ['check', 'rules', path]);
      rmSync(folder, { recursive: true });
      expect([code, output]).toEqual([0, expect.stringContaining(`${rules.length} rules found`)]);
    });
  }
});
