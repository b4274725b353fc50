import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { alertTests, runPromtool } from '../lab/alerts/promtool.js';
import { findCommand } from '../lab/stack/index.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';
import {
  alertRules,
  groupedBy,
  jobs,
  parseSeries,
  ruleTests,
  selectorsOf,
  takes,
  type AlertRule,
} from './testing/alert-rules.js';
import { registeredLabels } from './testing/registered-metrics.js';

const rules = alertRules();
const runbooks = readFileSync(join(packageRoot(), 'docs', 'runbooks.md'), 'utf8');
const quietFiles = ['quiet-day.yml', 'quiet-deploy.yml', 'quiet-night.yml', 'quiet-scrape-gap.yml'];
const firingTests = alertTests()
  .filter((name) => name.startsWith('fires-'))
  .flatMap((name) => ruleTests(name));

/** Tests whose name begins with the alert's, as `<alert> within <minutes> minutes: <the case>`. */
function casesOf(alert: string) {
  return firingTests.filter(({ name }) => name.startsWith(`${alert} within `));
}

function ruleOf(name: string): AlertRule {
  const rule = rules.find(({ alert }) => alert === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule;
}

describe('deploy/prometheus/alerts.yml', () => {
  const promtool = findCommand('promtool');
  if (promtool === undefined) console.warn('promtool is missing: the alert rules are not run');
  else {
    it('fires in every case of deploy/prometheus/tests/ and is quiet in all others, by promtool', async () => {
      const { code, output } = await runPromtool(promtool);
      expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    }, 900_000);
  }

  it('names each rule once', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (alert, rule) => {
    it('has a case in which it fires within a time that is told, and not before', () => {
      const cases = casesOf(alert);
      expect(cases.length).toBeGreaterThan(0);
      for (const {
        name,
        promql_expr_test: [before, after],
      } of cases) {
        const minutes = Number(/ within (\d+) minutes?: /.exec(name)?.[1]);
        const expr = `ALERTS{alertname="${alert}",alertstate="firing"}`;
        expect(before).toEqual({ expr, eval_time: '10m', exp_samples: [] });
        expect(after).toMatchObject({ expr, eval_time: `${10 + minutes}m` });
        expect(after?.exp_samples.length).toBeGreaterThan(0);
      }
    });

    it.each(quietFiles)('finds all that it watches in %s, where nothing fires', (file) => {
      const [test] = ruleTests(file);
      const series = (test?.input_series ?? []).map(({ series: text }) => parseSeries(text));
      const unseen = selectorsOf(rule.expr).filter(
        (selector) => !series.some((one) => takes(selector, one)),
      );
      expect(unseen).toEqual([]);
    });

    it('fills in its summary with labels that it has', () => {
      const used = [...rule.annotations.summary.matchAll(/\$labels\.(\w+)/g)];
      const samples = casesOf(alert).flatMap(({ promql_expr_test: tests }) =>
        tests.flatMap(({ exp_samples: expected }) => expected),
      );
      for (const { labels } of samples) {
        const had = Object.keys(parseSeries(labels).labels);
        expect(had).toEqual(expect.arrayContaining(used.map(([, label]) => label)));
      }
    });

    it('is for somebody, and has a page in docs/runbooks.md', () => {
      expect(['page', 'ticket']).toContain(rule.labels.severity);
      expect(rule.annotations.runbook).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
      expect(runbooks).toMatch(new RegExp(`^### ${alert}$`, 'm'));
    });
  });

  it('has a runbook for nothing else', () => {
    const pages = [...runbooks.matchAll(/^### (\S+)$/gm)].map(([, name]) => name);
    expect(pages.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  it.each(quietFiles)('expects of %s that no alert at all fires', (file) => {
    const [test, ...others] = ruleTests(file);
    expect(others).toEqual([]);
    const [asked] = test?.promql_expr_test ?? [];
    expect(asked?.expr).toMatch(
      /^count by \(alertname\) \(count_over_time\(ALERTS\{alertstate="firing"\}\[\d+m\]\)\)$/,
    );
    expect(asked?.exp_samples).toEqual([]);
  });

  it('watches what services register, by labels that it has there', async () => {
    const labels = await registeredLabels();
    const watched = rules
      .flatMap(({ expr }) => selectorsOf(expr))
      .filter(({ name }) => name.startsWith('viblast_'));
    expect(watched.length).toBeGreaterThan(50);
    for (const { name, matchers } of watched) {
      const own = labels.get(name) ?? labels.get(name.replace(/_(bucket|count)$/, ''));
      expect([name, own]).toEqual([name, expect.any(Array)]);
      const known = [...(own ?? []), 'service', 'node', 'le'];
      for (const { label } of matchers)
        expect([name, known]).toEqual([name, expect.arrayContaining([label])]);
    }
  });

  it('groups by labels that there are', async () => {
    const own = [...(await registeredLabels()).values()].flat();
    const labels = new Set([...own, 'service', 'node', 'le', 'instance', 'job']);
    const grouped = rules.flatMap(({ expr }) => groupedBy(expr));
    expect(grouped.filter((label) => !labels.has(label))).toEqual([]);
  });

  it('goes by jobs that prometheus.yml has', () => {
    for (const { matchers } of rules.flatMap(({ expr }) => selectorsOf(expr))) {
      for (const { operator, value } of matchers.filter(({ label }) => label === 'job')) {
        const taken = jobs().filter((job) =>
          operator === '=' ? job === value : new RegExp(`^(?:${value})$`).test(job),
        );
        expect(taken).not.toEqual([]);
      }
    }
  });

  it('warns of a full queue before it is full by default', () => {
    const [, threshold] = /> (\d+)/.exec(ruleOf('AnnouncesWait').expr) ?? [];
    const { default: bytesMax } = trackerSettings.properties.queue_bytes_max as {
      default?: number;
    };
    expect(Number(threshold)).toBeLessThan(bytesMax ?? 0);
  });
});
