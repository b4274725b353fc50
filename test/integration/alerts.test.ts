import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { packageRoot } from '../../service/package-root.js';
import { trackerSettings } from '../../tracker/settings.js';
import { sharedStack } from './testing/stack.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const file = join(packageRoot(), 'deploy', 'prometheus', 'alerts.yml');
const { groups } = parse(readFileSync(file, 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

function ruleOf(name: string): Rule {
  const rule = rules.find(({ alert }) => alert === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule;
}

function metricsIn(text: string): string[] {
  return [...text.matchAll(/viblast_[a-z_]+/g)].map(([name]) => name);
}

describe('the alert rules', () => {
  /** Names of the running services' metrics; a histogram's series included. */
  const exported = new Set<string>();

  beforeAll(async () => {
    const { trackers, rollups, ingests } = sharedStack();
    for (const { admin } of [...trackers, ...rollups, ...ingests]) {
      const answer = await fetch(`http://${admin}/metrics`);
      for (const [, name = '', type] of (await answer.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
        exported.add(name);
        if (type === 'histogram') exported.add(`${name}_bucket`);
      }
    }
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s watches what running services export, and tells what to do',
    (_name, rule) => {
      const watched = metricsIn(rule.expr);
      expect(watched.length).toBeGreaterThan(0);
      expect(watched.filter((name) => !exported.has(name))).toEqual([]);
      const told = metricsIn(rule.annotations.runbook);
      expect(told.filter((name) => !exported.has(name))).toEqual([]);
      expect(rule.annotations.runbook.length).toBeGreaterThan(40);
      expect(['page', 'ticket']).toContain(rule.labels.severity);
    },
  );

  it('warn of a full queue before it is full by default', () => {
    const [, threshold] = /> (\d+)/.exec(ruleOf('AnnouncesWait').expr) ?? [];
    const { default: bytesMax } = trackerSettings.properties.queue_bytes_max as {
      default?: number;
    };
    expect(Number(threshold)).toBeLessThan(bytesMax ?? 0);
  });

  it('grow with what they watch: lag since an assignment only shrinks', () => {
    const growing = rules.filter(({ expr }) => expr.includes('deriv('));
    expect(growing.map(({ alert }) => alert)).toEqual(['RollupLagGrows']);
    expect(growing.filter(({ expr }) => /deriv\(viblast_rollup_lag_records/.test(expr))).toEqual(
      [],
    );
  });

  it('fire for the first of what is counted by labels, which has no sample before it', () => {
    const labelled = ['DeadLetters', 'SumAtItsBound', 'MinutesSetAside'].map(ruleOf);
    for (const { expr } of labelled) expect(expr).toMatch(/ unless \S+ offset /);
  });

  it('are named once each', () => {
    expect(new Set(rules.map((rule) => rule.alert)).size).toBe(rules.length);
  });

  it('fire when nothing at all is told, also when no rollup is left to say so', () => {
    const { expr } = rules.find(({ alert }) => alert === 'FiguresStand') ?? { expr: '' };
    expect(expr).toContain('or absent(');
  });

  it('watch lag, delay, open minutes, sessions, copies, corrections, late ones, clocks, dead letters and sinks', () => {
    const watched = new Set(rules.flatMap((rule) => metricsIn(rule.expr)));
    for (const name of [
      'viblast_rollup_lag_records',
      'viblast_rollup_log_time_lag_seconds',
      'viblast_ingest_lag_records',
      'viblast_ingest_lag_seconds',
      'viblast_rollup_first_write_delay_seconds_bucket',
      'viblast_rollup_told_until_seconds',
      'viblast_rollup_open_minutes',
      'viblast_rollup_sessions',
      'viblast_rollup_announces_total',
      'viblast_rollup_corrected_totals_total',
      'viblast_tracker_clock_difference_seconds',
      'viblast_rollup_dead_letters_total',
      'viblast_rollup_sink_queue',
      'viblast_rollup_sink_errors_total',
    ]) {
      expect(watched).toContain(name);
    }
  });
});
