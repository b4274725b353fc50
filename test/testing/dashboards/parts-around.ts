import { panel, type DashboardOf } from './panel.js';

/** Is it Kafka, Graphite, ClickHouse or HAProxy? */
export const partsAround: DashboardOf = {
  uid: 'parts-around',
  title: 'Kafka, Graphite, ClickHouse, HAProxy',
  rows: [
    {
      title: 'Kafka, as the services see it',
      panels: [
        panel(
          'From a request to its acknowledgement',
          'The 99th percentile of a tracker’s appends.',
          'histogram_quantile(0.99, sum by (node, le) (rate(viblast_tracker_append_seconds_bucket[5m])))',
          '{{node}}',
          { unit: 's' },
        ),
        {
          title: 'Attempts that Kafka did not answer',
          description: 'docs/runbooks.md#kafkatakesnoannounces and #appendsfail.',
          unit: 'cps',
          queries: [
            {
              expr: 'sum by (node) (rate(viblast_tracker_batch_failures_total[$__rate_interval]))',
              legend: '{{node}}',
            },
            {
              expr: 'sum by (node, topic) (rate(viblast_rollup_append_failures_total[$__rate_interval]))',
              legend: '{{node}} {{topic}}',
            },
          ],
        },
        panel(
          'Replicas that are not in sync',
          'A broker is away, or too slow: docs/runbooks.md#kafkareplicasmissing.',
          'max by (topic) (viblast_rollup_kafka_replicas_missing)',
          '{{topic}}',
        ),
      ],
    },
    {
      title: 'Graphite',
      panels: [
        panel(
          'Carbon takes no points',
          '1: a rollup has none that does: docs/runbooks.md#carbonaway.',
          'max by (node) (viblast_problem{service="rollup",check="graphite"})',
          '{{node}}',
        ),
        panel(
          'Failed writes and lost connections',
          'By rollup.',
          'sum by (node) (rate(viblast_rollup_sink_errors_total{sink="graphite"}[$__rate_interval]))',
          '{{node}}',
          { unit: 'cps' },
        ),
        panel(
          'Time till graphite-web answers the portal',
          'The 95th percentile, by outcome.',
          'histogram_quantile(0.95, sum by (outcome, le) (rate(viblast_portal_graphite_render_seconds_bucket[5m])))',
          '{{outcome}}',
          { unit: 's' },
        ),
        panel(
          'Series that graphite-web can’t read',
          'Of those that the portal asks for: docs/runbooks.md#graphitecannotread.',
          'max by (node) (viblast_portal_graphite_unreadable_series)',
          '{{node}}',
        ),
      ],
    },
    {
      title: 'ClickHouse',
      panels: [
        panel(
          'Disk that is left',
          'Below a tenth: docs/runbooks.md#clickhousediskfills.',
          'ClickHouseAsyncMetrics_DiskAvailable_default / ClickHouseAsyncMetrics_DiskTotal_default',
          '{{instance}}',
          { unit: 'percentunit' },
        ),
        panel(
          'Parts of the fullest partition',
          'Above 500 merges do not keep up: docs/runbooks.md#clickhousemanyparts.',
          'ClickHouseAsyncMetrics_MaxPartCountForPartition',
          '{{instance}}',
        ),
        {
          title: 'Inserts delayed, refused, failed',
          description: 'docs/runbooks.md#clickhouseslowsinserts and #sinkfails.',
          unit: 'cps',
          queries: [
            {
              expr: 'rate(ClickHouseProfileEvents_DelayedInserts[$__rate_interval])',
              legend: 'delayed',
            },
            {
              expr: 'rate(ClickHouseProfileEvents_RejectedInserts[$__rate_interval])',
              legend: 'refused',
            },
            {
              expr: 'sum(rate(viblast_rollup_sink_errors_total{sink="clickhouse"}[$__rate_interval]))',
              legend: 'failed, of rollups',
            },
          ],
        },
      ],
    },
    {
      title: 'HAProxy',
      panels: [
        panel(
          'Trackers that pass its checks',
          'None: viewers are taken to all of them all the same: docs/runbooks.md#notrackeratproxy.',
          'haproxy_backend_active_servers{proxy="trackers"}',
          '{{instance}}',
        ),
        panel(
          'Of the connections that it may have',
          'Near all of them viewers are turned away: docs/runbooks.md#proxyfull.',
          'haproxy_process_current_connections / haproxy_process_max_connections',
          '{{instance}}',
          { unit: 'percentunit' },
        ),
        panel(
          'Viewers turned away',
          'Answers with 5xx: docs/runbooks.md#proxyturnsaway.',
          'sum by (instance) (rate(haproxy_frontend_http_responses_total{proxy="viewers",code="5xx"}[$__rate_interval]))',
          '{{instance}}',
          { unit: 'cps' },
        ),
      ],
    },
  ],
};
