import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../service/package-root.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** A condition on a label, as PromQL has it. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** What a rule watches: series of a name, whose labels are so. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** A series as /metrics and promtool write it, without its value. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const folder = join(packageRoot(), 'deploy', 'prometheus');

function readYaml(...path: readonly string[]): unknown {
  return parse(readFileSync(join(folder, ...path), 'utf8'));
}

/** All rules of deploy/prometheus/alerts.yml. */
export function alertRules(): readonly AlertRule[] {
  const { groups } = readYaml('alerts.yml') as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

export interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

/** The tests in a file of deploy/prometheus/tests/. */
export function ruleTests(name: string): readonly RuleTest[] {
  return (readYaml('tests', name) as { readonly tests: readonly RuleTest[] }).tests;
}

/** Names of the jobs that deploy/prometheus/prometheus.yml asks. */
export function jobs(): readonly string[] {
  const { scrape_configs: configs } = readYaml('prometheus.yml') as {
    readonly scrape_configs: readonly { readonly job_name: string }[];
  };
  return configs.map(({ job_name: job }) => job);
}

const selectorPattern =
  /\b(up|(?:viblast|haproxy|process|ClickHouse\w*?)_\w+)\b(?:\{([^}]*)\})?(?!\s*\()/g;
const matcherPattern = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/** What an expression watches, each as often as it stands there. */
export function selectorsOf(expression: string): readonly Selector[] {
  return [...expression.matchAll(selectorPattern)].map(([, name = '', matchers = '']) => ({
    name,
    matchers: [...matchers.matchAll(matcherPattern)].map(
      ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
    ),
  }));
}

/** Labels by which an expression groups. */
export function groupedBy(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)]
    .flatMap(([, labels = '']) => labels.split(','))
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

export function parseSeries(text: string): Series {
  const [, name = '', labels = ''] = /^([\w:]+)(?:\{(.*)\})?/.exec(text.trim()) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value])),
  };
}

/** True: the selector takes the series. */
export function takes({ name, matchers }: Selector, series: Series): boolean {
  return name === series.name && matchers.every((matcher) => holds(matcher, series.labels));
}

function holds(
  { label, operator, value }: Matcher,
  labels: Readonly<Record<string, string>>,
): boolean {
  const own = labels[label] ?? '';
  switch (operator) {
    case '=':
      return own === value;
    case '!=':
      return own !== value;
    case '=~':
      return new RegExp(`^(?:${value})$`).test(own);
    default:
      return !new RegExp(`^(?:${value})$`).test(own);
  }
}
