import { Gauge, Histogram, type Registry } from 'prom-client';

/** What a portal process tells Prometheus. */
export function createPortalMetrics(registry: Registry) {
  const registers = [registry];
  const renders = new Histogram({
    name: 'viblast_portal_graphite_render_seconds',
    help: "Time till Graphite's answer, by outcome",
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['ok', 'failed']) renders.zero({ outcome });
  return {
    renders,
    unreadableSeries: new Gauge({
      name: 'viblast_portal_graphite_unreadable_series',
      help: "Series that Graphite has and can't read, of those asked for within a minute.",
      registers,
    }),
    answers: new Histogram({
      name: 'viblast_portal_request_seconds',
      help: 'Time to answer a request, by route, method and status',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
  };
}
