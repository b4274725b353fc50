import { Type, type Static } from 'typebox';
import { adminPort, commonSettings } from '../service/config.js';

/** The tracker's settings; `kafka_brokers` and the like are every service's. */
export const trackerSettings = Type.Object({
  ...commonSettings,
  admin_port: adminPort(2920),
  tracker_listen_host: Type.String({
    minLength: 1,
    default: '0.0.0.0',
    description:
      "Address that the viewers' port listens on; set it to the loopback where the proxy is on " +
      'the same host.',
  }),
  tracker_listen_port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 2910,
    description:
      "Port of the viewers' WebSockets; change it where several trackers share a host, 0 takes " +
      'any free one.',
  }),
  announce_interval_seconds: Type.Integer({
    minimum: 5,
    maximum: 50,
    default: 10,
    description:
      'Seconds between two announces of a viewer, as viewers are told; raise it for less load, ' +
      'the same on all trackers.',
  }),
  ice_servers: Type.Array(Type.String({ pattern: '^(stun|stuns|turn|turns):' }), {
    default: [],
    description:
      'STUN and TURN servers that viewers are told of, without credentials; set it where ' +
      'viewers have to find their way through NAT, the same on all trackers.',
  }),
  batch_announces_max: Type.Integer({
    minimum: 1,
    maximum: 1_024,
    default: 128,
    description:
      'Announces of one partition in one Kafka record; a full batch is sent at once, larger ' +
      'ones cost all readers less.',
  }),
  batch_wait_ms: Type.Integer({
    minimum: 0,
    maximum: 5_000,
    default: 100,
    description:
      'Milliseconds that an announce waits for others to fill its batch; raise it for larger ' +
      'batches, lower it for earlier acknowledgements.',
  }),
  partition_queue_bytes_max: Type.Integer({
    minimum: 65_536,
    default: 16 * 1024 * 1024,
    description:
      "Bytes of memory for the announces of one partition that Kafka hasn't answered, beyond " +
      'which viewers are told to send again later; above `queue_bytes_max` it has no effect.',
  }),
  queue_bytes_max: Type.Integer({
    minimum: 65_536,
    default: 128 * 1024 * 1024,
    description:
      "Bytes of memory for the announces of all partitions that Kafka hasn't answered, beyond " +
      'which viewers are told to send again later; raise it to outlast longer outages of Kafka.',
  }),
  sockets_max: Type.Integer({
    minimum: 1,
    default: 10_000,
    description:
      'Sockets at a time, above which new ones are refused with 503; raise it with the limit of ' +
      "open files and the proxy's own bound.",
  }),
  sockets_per_address_max: Type.Integer({
    minimum: 1,
    default: 2_000,
    description:
      'Sockets at a time of one address, above which new ones are refused with 429; raise it ' +
      'where many viewers share an address.',
  }),
  peers_per_swarm_max: Type.Integer({
    minimum: 1,
    default: 50_000,
    description:
      'Viewers of one stream that are introduced to each other; those beyond it report and are ' +
      'counted as all are, but find no peers.',
  }),
  messages_per_second: Type.Number({
    exclusiveMinimum: 0,
    default: 50,
    description:
      'Messages a second that one socket may send for long, besides signals, which have budgets ' +
      'of their own; one that is faster is closed with 4429, so raise it only for viewers that ' +
      'say more than the protocol asks for.',
  }),
  messages_burst: Type.Integer({
    minimum: 1,
    default: 200,
    description:
      'Messages that one socket may send at once, above `messages_per_second`, after it has been ' +
      'quiet.',
  }),
  session_mbps_max: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10_000,
    default: 100,
    description:
      'Mbit/s that one session can have fetched, from CDN and peers together, and as much sent to ' +
      'peers; announces that say more are refused as implausible, so raise it where renditions or ' +
      'uploads need more.',
  }),
  session_announces_max: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 10,
    description:
      'Announces that one session may make in each announce interval, for long; more of them are ' +
      'refused as implausible, so raise it for players that announce more often than told.',
  }),
  trusted_proxies: Type.Array(Type.String(), {
    default: ['127.0.0.0/8', '::1'],
    description:
      'Addresses and networks (`10.0.0.0/8`) of the proxies whose X-Forwarded-For is believed; ' +
      'set it to where the proxy is, or all viewers count as one address.',
  }),
  drain_seconds: Type.Number({
    minimum: 0,
    maximum: 300,
    default: 5,
    description:
      'Seconds of a stop over which viewers are sent to other trackers; must be more than 4 s ' +
      'below `stop_deadline_seconds`, raise both where many viewers move.',
  }),
});

export type TrackerSettings = Static<typeof trackerSettings>;
