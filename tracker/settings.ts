import { Type, type Static } from 'typebox';
import { kafkaSettings } from '../kafka/index.js';
import { sealingSettings } from '../registry/index.js';
import { facetNames } from '../schemas/index.js';
import { adminPort, commonSettings, ringSettings, stopDeadlineSeconds } from '../service/config.js';

/** The tracker's settings; `kafka_brokers` and the like are every service's. */
export const trackerSettings = Type.Object({
  ...commonSettings,
  ...ringSettings,
  ...kafkaSettings,
  ...sealingSettings,
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
  tracker_ssl_listen_port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 2913,
    description:
      "Port of the viewers' WebSockets over TLS, beside the other one; it is opened where " +
      '`tracker_ssl_certificate` is set, and 0 takes any free one.',
  }),
  tracker_ssl_certificate: Type.String({
    default: '',
    description:
      'File with the certificate of `tracker_ssl_listen_port`, in PEM, and behind it those that ' +
      'signed it; it is read again when it changes, and at SIGHUP. Empty where a proxy has TLS.',
  }),
  tracker_ssl_key: Type.String({
    default: '',
    description: 'File with the key of `tracker_ssl_certificate`, in PEM, without a passphrase.',
  }),
  tracker_agent_port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description:
      "Port of HAProxy's agent checks, usually 2921, on which the addresses in `trusted_proxies` " +
      'are told up or drain, a share by the load, and `sockets_max`; 0 is none.',
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
      'STUN and TURN servers that viewers are told of, such as `stun:stun.example.com:3478` or ' +
      '`turn:turn.example.com?transport=tcp`, checked as browsers do; set it where viewers have ' +
      'to find their way through NAT, the same on all trackers.',
  }),
  turn_username: Type.String({
    default: '',
    description: 'User name for all TURN servers, where it is one and the same for all viewers.',
  }),
  turn_password: Type.String({
    default: '',
    secret: true,
    description: 'Password of `turn_username`; every viewer is told it.',
  }),
  turn_secret: Type.String({
    default: '',
    secret: true,
    description:
      'Secret shared with the TURN servers (`static-auth-secret` of coturn), by which each viewer ' +
      'gets credentials of its own that end; in place of `turn_username` and `turn_password`.',
  }),
  turn_ttl_seconds: Type.Integer({
    minimum: 60,
    maximum: 604_800,
    default: 86_400,
    description:
      'Seconds for which credentials by `turn_secret` are good; viewers that stay get new ones ' +
      'before, so lower it to end what was passed on.',
  }),
  ticket_hours: Type.Number({
    exclusiveMinimum: 0,
    maximum: 168,
    default: 12,
    description:
      'Hours for which a viewer of a stream with token keys can come back when its join token has ' +
      'expired, counted from when it was last here; the same on all trackers.',
  }),
  ticket_total_hours: Type.Number({
    exclusiveMinimum: 0,
    maximum: 720,
    default: 72,
    description:
      'Hours after its join token was taken from which on a viewer needs a new one all the same, ' +
      'so that a ticket that was stolen ends; the same on all trackers.',
  }),
  batch_announces_max: Type.Integer({
    minimum: 1,
    maximum: 1_024,
    default: 512,
    description:
      'Announces of one partition in one Kafka record; a full batch is sent at once, larger ' +
      'ones cost all readers less.',
  }),
  batch_wait_ms: Type.Integer({
    minimum: 0,
    maximum: 5_000,
    default: 400,
    description:
      'Milliseconds that an announce waits for others to fill its batch; raise it for larger and ' +
      'fewer batches, each of which costs as much as several announces, lower it for earlier ' +
      'acknowledgements.',
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
      'Sockets at a time of one address (of IPv6: one /64), above which new ones are refused with ' +
      '429; raise it where many viewers share an address.',
  }),
  peers_per_swarm_max: Type.Integer({
    minimum: 1,
    default: 50_000,
    description:
      'Viewers of one stream that are introduced to each other; those beyond it report and are ' +
      'counted as all are, but find no peers.',
  }),
  webtorrent_strangers: Type.Boolean({
    default: false,
    description:
      'True: WebTorrent swarms that belong to no stream of the registry are served too, for ' +
      'whoever comes; for trials, since nothing of them is counted.',
  }),
  messages_per_second: Type.Number({
    exclusiveMinimum: 0,
    default: 50,
    description:
      'Messages a second that one socket may send for long (one of more than 16 KiB counts for ' +
      'each of these), besides signals, which have budgets ' +
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
  session_played_percent_max: Type.Integer({
    minimum: 100,
    maximum: 1_600,
    default: 110,
    description:
      'Percent of the time that passes that one session can have played and stalled together; ' +
      'announces that say more are refused as implausible, so raise it for players that tell ' +
      'time of the media and may play it faster (`200` for 2×). The same on all trackers.',
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
      'Addresses and networks (`10.0.0.0/8`) of the proxies that are believed where viewers come ' +
      'from; set it to where the proxy is, or all viewers count as one address.',
  }),
  proxy_header: Type.Union(
    ['either', 'x-forwarded-for', 'forwarded', 'none'].map((header) => Type.Literal(header)),
    {
      default: 'either',
      description:
        'Header in which trusted proxies tell where a viewer comes from; `either` is ' +
        'X-Forwarded-For, or Forwarded (RFC 7239) where that is missing. Name the one that the ' +
        'proxy sets if it lets the other one of viewers pass.',
    },
  ),
  network_databases: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description:
      'Files of the MaxMind DB format (GeoLite2 ASN, Country and the like) by which viewers of one ' +
      'network or country are preferred to each other as peers; read again when they change.',
  }),
  facets: Type.Array(Type.Union(facetNames.map((name) => Type.Literal(name))), {
    default: [...facetNames],
    description:
      'By what minutes are counted one by one, beside the labels of streams; `country` and ' +
      '`network` need `network_databases`. Leave out what nobody asks for: each has its cost in ' +
      'rollups and ClickHouse. The same on all trackers.',
  }),
  viewer_salt: Type.String({
    default: '',
    secret: true,
    description:
      'Any long random text, by which the ids of viewers that pages or join tokens tell become ' +
      'pseudonyms, so that viewers can be counted over days; empty: none are kept. The same on all ' +
      'trackers; with another one all viewers are new ones.',
  }),
  proxy_protocol: Type.Boolean({
    default: false,
    description:
      "True: every connection to the viewers' port begins with a PROXY header, version 1 or 2 " +
      '(`send-proxy-v2` of HAProxy), and others and those not from `trusted_proxies` are ended.',
  }),
  drain_seconds: Type.Number({
    minimum: 0,
    maximum: 300,
    default: 5,
    description:
      'Seconds over which viewers are sent to other trackers at least, at a stop or by ' +
      '`POST /drain` on the admin port.',
  }),
  drain_sockets_per_second: Type.Number({
    exclusiveMinimum: 0,
    default: 500,
    description:
      'Viewers that are sent to other trackers in a second at most, so that a drain takes longer ' +
      'the more there are; raise it where the other trackers and the proxy take more at once.',
  }),
  stop_deadline_seconds: stopDeadlineSeconds(60),
});

export type TrackerSettings = Static<typeof trackerSettings>;
