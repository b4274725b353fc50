import { Type, type Static } from 'typebox';
import { commonSettings } from '../service/config.js';

/** The tracker's settings; `kafka_brokers` and the like are every service's. */
export const trackerSettings = Type.Object({
  ...commonSettings,
  admin_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 2920 }),
  tracker_listen_host: Type.String({ minLength: 1, default: '0.0.0.0' }),
  tracker_listen_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 2910 }),
  /** Told to viewers. */
  announce_interval_seconds: Type.Integer({ minimum: 5, maximum: 50, default: 10 }),
  ice_servers: Type.Array(Type.String({ pattern: '^(stun|stuns|turn|turns):' }), { default: [] }),
  batch_announces_max: Type.Integer({ minimum: 1, maximum: 1_024, default: 128 }),
  batch_wait_ms: Type.Integer({ minimum: 0, maximum: 5_000, default: 100 }),
  /** Memory for announces that Kafka hasn't answered, of one partition and of all. */
  partition_queue_bytes_max: Type.Integer({ minimum: 65_536, default: 16 * 1024 * 1024 }),
  queue_bytes_max: Type.Integer({ minimum: 65_536, default: 128 * 1024 * 1024 }),
  sockets_max: Type.Integer({ minimum: 1, default: 10_000 }),
  sockets_per_address_max: Type.Integer({ minimum: 1, default: 2_000 }),
  peers_per_swarm_max: Type.Integer({ minimum: 1, default: 50_000 }),
  /** Of one socket. */
  messages_per_second: Type.Number({ exclusiveMinimum: 0, default: 50 }),
  messages_burst: Type.Integer({ minimum: 1, default: 200 }),
  /** Whose X-Forwarded-For is believed: addresses and networks. */
  trusted_proxies: Type.Array(Type.String(), { default: ['127.0.0.0/8', '::1'] }),
  /** At a stop: the time over which viewers are sent away. */
  drain_seconds: Type.Number({ minimum: 0, maximum: 300, default: 5 }),
});

export type TrackerSettings = Static<typeof trackerSettings>;
