import { panel, type DashboardOf } from './panel.js';

/** Do viewers get in, find each other, and is what they report taken? */
export const trackers: DashboardOf = {
  uid: 'trackers',
  title: 'Trackers',
  rows: [
    {
      title: 'Do viewers get in?',
      panels: [
        panel(
          'Sockets',
          'By tracker: HAProxy spreads them evenly.',
          'sum by (node) (viblast_tracker_sockets)',
          '{{node}}',
        ),
        panel(
          'Refused',
          'Sockets, connections and joins not taken, by reason: docs/runbooks.md#socketsrefused.',
          'sum by (reason) (rate(viblast_tracker_sockets_refused_total[$__rate_interval]))',
          '{{reason}}',
          { unit: 'cps' },
        ),
        panel(
          'Sent away',
          'Viewers asked to connect anew: a drain, or a reload of HAProxy.',
          'sum by (reason) (rate(viblast_tracker_sent_away_total[$__rate_interval]))',
          '{{reason}}',
          { unit: 'cps' },
        ),
      ],
    },
    {
      title: 'Do they find each other?',
      panels: [
        {
          title: 'Introductions, and those that connected',
          description: 'Peers that viewers were told of, and to which they then had a connection.',
          unit: 'cps',
          queries: [
            {
              expr: 'sum(rate(viblast_tracker_introductions_total[$__rate_interval]))',
              legend: 'told of',
            },
            {
              expr: 'sum(rate(viblast_tracker_introductions_connected_total[$__rate_interval]))',
              legend: 'connected',
            },
          ],
        },
        panel(
          'Other trackers that each hears',
          'One less than there are trackers, or viewers of some are not introduced: docs/runbooks.md#trackersapart.',
          'viblast_tracker_neighbours',
          '{{node}}',
        ),
        panel(
          'Dropped between trackers',
          'By reason.',
          'sum by (reason) (rate(viblast_tracker_neighbour_dropped_total[$__rate_interval]))',
          '{{reason}}',
          { unit: 'cps' },
        ),
      ],
    },
    {
      title: 'Is what they report taken?',
      panels: [
        {
          title: 'Announces',
          description:
            'Received, and acknowledged once Kafka had them. Apart for long: Kafka is slow.',
          unit: 'cps',
          queries: [
            {
              expr: 'sum(rate(viblast_tracker_announces_received_total[$__rate_interval]))',
              legend: 'received',
            },
            {
              expr: 'sum(rate(viblast_tracker_announces_acknowledged_total[$__rate_interval]))',
              legend: 'acknowledged',
            },
          ],
        },
        panel(
          'Refused announces',
          'By reason: docs/runbooks.md#announcesrefused.',
          'sum by (reason) (rate(viblast_tracker_announces_refused_total[$__rate_interval]))',
          '{{reason}}',
          { unit: 'cps' },
        ),
        panel(
          'Memory of announces that wait for Kafka',
          'Near its bound viewers are asked to send again later: docs/runbooks.md#announceswait.',
          'viblast_tracker_queue_bytes',
          '{{node}}',
          { unit: 'bytes' },
        ),
      ],
    },
    {
      title: 'What it costs',
      panels: [
        panel(
          'Processor',
          'Of a core: a tracker has one.',
          'rate(process_cpu_seconds_total{service="tracker"}[$__rate_interval])',
          '{{node}}',
          { unit: 'percentunit' },
        ),
        panel(
          'Memory',
          'Resident, by process.',
          'process_resident_memory_bytes{service="tracker"}',
          '{{node}}',
          { unit: 'bytes' },
        ),
        panel(
          'How long anything waits for its turn',
          'The 99th percentile of the event loop; 0.1 s of it is the interval of measuring.',
          'nodejs_eventloop_lag_p99_seconds{service="tracker"}',
          '{{node}}',
          { unit: 's' },
        ),
        panel(
          'Clock against the brokers’',
          'More than 2 s and announces fall into the wrong minute: docs/runbooks.md#clockisoff.',
          'abs(viblast_tracker_clock_difference_seconds)',
          '{{node}}',
          { unit: 's' },
        ),
        panel(
          'Open files',
          'Each socket is one.',
          'process_open_fds{service="tracker"}',
          '{{node}}',
        ),
        panel(
          'Errors told to viewers',
          'By code: docs/protocol.md says what each means.',
          'sum by (code) (rate(viblast_tracker_errors_total[$__rate_interval]))',
          '{{code}}',
          { unit: 'cps' },
        ),
      ],
    },
  ],
};
