import { panel, type DashboardOf } from './panel.js';

/** What the operator looks at first, at night: green, or which dashboard comes next. */
export const isItWell: DashboardOf = {
  uid: 'is-it-well',
  title: 'Is it well?',
  rows: [
    {
      title: 'Green is well',
      panels: [
        panel(
          'Alerts to get up for',
          'Alerts that fire with the severity "page": docs/runbooks.md has a page for each.',
          'count(ALERTS{alertstate="firing",severity="page"}) or vector(0)',
          'alerts',
          { redFrom: 1 },
        ),
        panel(
          'Alerts for this week',
          'Alerts that fire with the severity "ticket".',
          'count(ALERTS{alertstate="firing",severity="ticket"}) or vector(0)',
          'alerts',
          { redFrom: 1 },
        ),
        panel(
          'Trackers that answer',
          'Without one no viewer finds a peer, and nothing is counted.',
          'sum(up{job="viblast-tracker"}) or vector(0)',
          'trackers',
          { redBelow: 1 },
        ),
        panel(
          'Partitions that nobody counts',
          'Announces of these are read by no rollup.',
          'sum(max by (group) (viblast_rollup_partitions) - on (group) sum by (group) (viblast_rollup_owned_partitions))',
          'partitions',
          { redFrom: 1 },
        ),
        panel(
          'Figures are told until',
          'How long ago the last minute ended that Graphite was given; a minute and some seconds are usual.',
          'time() - max(viblast_rollup_told_until_seconds{sink="graphite"})',
          'behind',
          { unit: 's', redFrom: 120 },
        ),
        panel(
          'Not ready',
          'Services whose /readyz has a reason: it says which, in words.',
          'count(max by (service, node) (viblast_problem) == 1) or vector(0)',
          'services',
          { redFrom: 1 },
        ),
      ],
    },
    {
      title: 'Who is there, and what comes in',
      panels: [
        panel(
          'Viewers',
          'Sessions that have joined, by tracker. A fall without a cause outside is trouble at HAProxy or at the trackers.',
          'sum by (node) (viblast_tracker_sessions)',
          '{{node}}',
        ),
        panel(
          'Announces counted',
          'By the rollup. It follows what the trackers took within seconds.',
          'sum(rate(viblast_rollup_announces_total{outcome="counted"}[$__rate_interval]))',
          'counted',
          { unit: 'cps' },
        ),
        panel(
          'Alerts that fire',
          'Each by its name.',
          'count by (alertname) (ALERTS{alertstate="firing"})',
          '{{alertname}}',
        ),
        panel(
          'What answers Prometheus',
          'By job: fewer than before is a process that is gone.',
          'sum by (job) (up)',
          '{{job}}',
        ),
        panel(
          'Reasons for not being ready',
          'By service and check.',
          'sum by (service, node, check) (viblast_problem) > 0',
          '{{node}} {{check}}',
        ),
        panel(
          'Restarts',
          'Starts of a process within ten minutes; after a deploy one for each.',
          'changes(process_start_time_seconds[10m])',
          '{{node}}',
        ),
      ],
    },
  ],
};
