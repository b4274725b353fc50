import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { markdownTable } from './generated-page.js';

type Metric = MetricObjectWithValues<MetricValue<string>> & {
  readonly labelNames?: readonly string[];
};

const introduction = `# Metrics of a tracker

<!-- Made from the code by UPDATE_METRICS_DOC=1 and test/metrics-page.test.ts: change that. -->

On \`/metrics\` of the admin port, each with the labels \`service\` and \`node\`. Labels have few values, none of which a viewer can choose.
Beside these there are Node's own, of which the first to look at are \`nodejs_eventloop_lag_p99_seconds\` (how long anything waits for its
turn, and 0.1 more: the interval of measuring it), \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`nodejs_heap_size_used_bytes\` and \`process_open_fds\`.
What to do when one of them is not as it should be stands in the runbooks of \`deploy/prometheus/alerts.yml\`.
`;

/** docs/metrics.md from what is registered. */
export async function metricsPage(registry: Registry): Promise<string> {
  const metrics: readonly Metric[] = await registry.getMetricsAsJSON();
  const rows = metrics
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .map((metric) => {
      const { name, type, help } = metric;
      const single = registry.getSingleMetric(name) as unknown as Metric | undefined;
      const labels = (single?.labelNames ?? []).map((label) => `\`${label}\``).join(' ');
      return [`\`${name}\``, String(type), labels, help];
    });
  return `${introduction}\n${markdownTable(['name', 'type', 'labels', 'what it is'], rows)}\n`;
}
