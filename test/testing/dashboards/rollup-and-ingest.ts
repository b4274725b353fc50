import { panel, type DashboardOf } from './panel.js';

/** Are minutes counted, written, and in time; and do raw announces get to ClickHouse? */
export const rollupAndIngest: DashboardOf = {
  uid: 'rollup-and-ingest',
  title: 'Rollup and ingest',
  rows: [
    {
      title: 'Does the rollup keep up?',
      panels: [
        panel(
          'How far it is behind',
          'Of the slowest partition of announces: docs/runbooks.md#rollupbehind.',
          'viblast_rollup_log_time_lag_seconds',
          '{{node}}',
          { unit: 's' },
        ),
        panel(
          'Records to read till the end of the log',
          'By consumer group.',
          'sum by (group) (viblast_rollup_lag_records)',
          '{{group}}',
        ),
        {
          title: 'Partitions with an owner, and all',
          description: 'Apart: docs/runbooks.md#partitionswithoutowner.',
          queries: [
            {
              expr: 'sum by (group) (viblast_rollup_owned_partitions)',
              legend: 'owned of {{group}}',
            },
            { expr: 'max by (group) (viblast_rollup_partitions)', legend: 'all of {{group}}' },
          ],
        },
      ],
    },
    {
      title: 'Are the figures right?',
      panels: [
        panel(
          'Announces by what became of them',
          'Copies are dropped; not in time are those that came later than a minute waits.',
          'sum by (outcome) (rate(viblast_rollup_announces_total[$__rate_interval]))',
          '{{outcome}}',
          { unit: 'cps' },
        ),
        {
          title: 'Left out or unreadable, within an hour',
          description:
            'Should be nothing, ever: docs/runbooks.md#deadletters and #minutessetaside.',
          queries: [
            {
              expr: 'sum by (topic, reason) (increase(viblast_rollup_dead_letters_total[1h]))',
              legend: '{{topic}} {{reason}}',
            },
            {
              expr: 'sum by (where) (increase(viblast_rollup_set_aside_total[1h]))',
              legend: 'set aside: {{where}}',
            },
          ],
        },
        panel(
          'Totals written again',
          'Because something came late, or an owner changed.',
          'sum(rate(viblast_rollup_corrected_totals_total[$__rate_interval]))',
          'corrected',
          { unit: 'cps' },
        ),
      ],
    },
    {
      title: 'Are they written in time?',
      panels: [
        panel(
          'From a minute’s end to its first write',
          'The 95th percentile, by sink: a second or two.',
          'histogram_quantile(0.95, sum by (sink, le) (rate(viblast_rollup_first_write_delay_seconds_bucket[10m])))',
          '{{sink}}',
          { unit: 's' },
        ),
        panel(
          'Written',
          'Totals of a stream and minute, by sink.',
          'sum by (sink) (rate(viblast_rollup_sink_writes_total[$__rate_interval]))',
          '{{sink}}',
          { unit: 'cps' },
        ),
        panel(
          'What waits for a sink',
          'Rows for ClickHouse, bytes for Graphite: docs/runbooks.md#sinkqueuefull.',
          'viblast_rollup_sink_queue',
          '{{node}} {{sink}}',
        ),
      ],
    },
    {
      title: 'Do raw announces get to ClickHouse?',
      panels: [
        panel(
          'How old they are when they are read',
          'docs/runbooks.md#ingestbehind.',
          'max by (node) (viblast_ingest_lag_seconds)',
          '{{node}}',
          { unit: 's' },
        ),
        panel(
          'Rows that ClickHouse took',
          'By ingest.',
          'sum by (node) (rate(viblast_ingest_rows_total[$__rate_interval]))',
          '{{node}}',
          { unit: 'cps' },
        ),
        {
          title: 'Inserts that failed, and ingests that pause',
          description:
            'Each is tried again; a pause is memory that is full: docs/runbooks.md#ingestfails.',
          queries: [
            {
              expr: 'sum by (code) (rate(viblast_ingest_insert_errors_total[$__rate_interval]))',
              legend: '{{code}}',
            },
            { expr: 'viblast_ingest_paused', legend: 'paused: {{node}}' },
          ],
        },
      ],
    },
    {
      title: 'What it costs',
      panels: [
        panel(
          'Processor',
          'Of a core, by process.',
          'rate(process_cpu_seconds_total{service=~"rollup|ingest"}[$__rate_interval])',
          '{{node}}',
          { unit: 'percentunit' },
        ),
        panel(
          'Memory',
          'Resident, by process.',
          'process_resident_memory_bytes{service=~"rollup|ingest"}',
          '{{node}}',
          { unit: 'bytes' },
        ),
        panel(
          'Sessions that are held',
          'In the minutes that stage 1 retains: a gigabyte for some millions.',
          'viblast_rollup_sessions',
          '{{node}}',
        ),
      ],
    },
  ],
};
