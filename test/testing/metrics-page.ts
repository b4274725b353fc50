import type { Registry } from 'prom-client';
import { markdownTable } from './generated-page.js';
import { labelNamesOf } from './registered-metrics.js';

const introduction = `# Metrics of a tracker

<!-- Made from the code by UPDATE_METRICS_DOC=1 and test/metrics-page.test.ts: change that. -->

On \`/metrics\` of the admin port, each with the labels \`service\` and \`node\`. Labels have few values, none of which a viewer can choose.
Beside these there are Node's own, of which the first to look at are \`nodejs_eventloop_lag_p99_seconds\` (how long anything waits for its
turn, and 0.25 more: the interval of measuring it), \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`nodejs_heap_size_used_bytes\` and \`process_open_fds\`.
What to do when one of them is not as it should be stands in the [runbooks](runbooks.md).
`;

/** docs/metrics.md from what is registered. */
export async function metricsPage(registry: Registry): Promise<string> {
  const metrics = await registry.getMetricsAsJSON();
  const rows = metrics
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .map((metric) => {
      const { name, type, help } = metric;
      const labels = labelNamesOf(registry, name)
        .map((label) => `\`${label}\``)
        .join(' ');
      return [`\`${name}\``, String(type), labels, help];
    });
  return `${introduction}\n${markdownTable(['name', 'type', 'labels', 'what it is'], rows)}\n`;
}
