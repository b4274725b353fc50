import { Counter, Histogram, type Registry } from 'prom-client';
import type { ErrorCode, RefusalReason } from '../protocol/index.js';
import type { JoinRefusal } from './admission/check.js';
import { askedGauge } from './asked-gauge.js';
import type { ConnectionRefusal } from './sockets/guard-connections.js';
import type { SocketRefusal } from './sockets/upgrade-checks.js';
import type { BeaconOutcome } from './sockets/beacons.js';
import type { SocketEnd } from './sockets/viewer-socket.js';
import { TalliedCounter } from './tallied-counter.js';

/** What the announces' way into the log tells. */
export interface AnnounceMetrics {
  batchSent(announces: number, attempts: number): void;
  batchAppended(seconds: number): void;
  batchFailed(): void;
}

/** What is read when somebody asks for the metrics. */
export interface TrackerGauges {
  sockets(): number;
  /** On the viewers' ports, those that have become sockets among them. */
  connections(): number;
  isDraining(): boolean;
  sessions(): number;
  swarms(): number;
  /** Sessions that others may be told of. */
  suitablePeers(): number;
  negotiations(): number;
  /** When the oldest network database was built, Unix ms; 0 without one. */
  networksBuiltAtMs(): number;
  /** Peers that viewers were told of since the start. */
  introductions(): number;
  /** Of these, those that who was told is connected to. */
  introductionsConnected(): number;
  queueBytes(): number;
  /** How much our clock is ahead of the brokers'; undefined while nothing is known. */
  clockDifferenceMs(): number | undefined;
  /** When the certificate in use expires, Unix milliseconds; undefined without TLS. */
  certificateExpiresAtMs(): number | undefined;
  /** Why the certificate's files, or the one in use, are of no use. */
  certificateProblem(): string | undefined;
}

/** The tracker's figures for Prometheus. */
export class TrackerMetrics implements AnnounceMetrics {
  readonly #messages: TalliedCounter<'type'>;
  readonly #errors: Counter<'code'>;
  readonly #socketsRefused: Counter<'reason'>;
  readonly #socketsEnded: Counter<'reason'>;
  readonly #sentAway: Counter<'reason'>;
  readonly #beacons: Counter<'outcome'>;
  readonly #otherFacets: Counter<'facet'>;
  readonly #untrustedForwarding: Counter;
  readonly #announcesReceived: TalliedCounter<never>;
  readonly #announcesAcknowledged: TalliedCounter<never>;
  readonly #announcesRefused: Counter<'reason'>;
  readonly #announcesPutOff: Counter<'code'>;
  readonly #signals: TalliedCounter<'kind'>;
  readonly #batches: Counter;
  readonly #batchFailures: Counter;
  readonly #batchAnnounces: Histogram;
  readonly #appendSeconds: Histogram;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    const counter = <Label extends string = string>(
      name: string,
      help: string,
      labelNames: Label[] = [],
    ) => new Counter<Label>({ name: `viblast_tracker_${name}`, help, labelNames, registers });
    const tallied = <Label extends string = never>(
      name: string,
      help: string,
      labelNames: Label[] = [],
    ) => new TalliedCounter<Label>(registry, `viblast_tracker_${name}`, help, labelNames);
    this.#messages = tallied('messages_total', 'Messages from viewers by type.', ['type']);
    this.#errors = counter('errors_total', 'Errors sent to viewers by code.', ['code']);
    this.#socketsRefused = counter(
      'sockets_refused_total',
      'Sockets, connections and joins not taken, by the reason.',
      ['reason'],
    );
    this.#beacons = counter(
      'beacons_total',
      'Last messages of pages that closed, by what became of them.',
      ['outcome'],
    );
    this.#otherFacets = counter(
      'facets_other_total',
      'Sessions whose value of the facet counts as other: a word, label or network beyond those told apart.',
      ['facet'],
    );
    this.#socketsEnded = counter(
      'sockets_ended_total',
      'Sockets ended without a close: unread (too much of what was sent waits), silent (nothing came, nor an answer to a ping).',
      ['reason'],
    );
    this.#sentAway = counter(
      'sent_away_total',
      'Viewers asked to connect anew: drain, or proxy_reload (by way of a proxy that was reloaded).',
      ['reason'],
    );
    this.#untrustedForwarding = counter(
      'untrusted_forwarding_total',
      'Requests for a socket that say to come by way of a proxy, from an address that is not in trusted_proxies.',
    );
    this.#announcesReceived = tallied('announces_received_total', 'Announces received.');
    this.#announcesAcknowledged = tallied(
      'announces_acknowledged_total',
      'Announces acknowledged after Kafka did.',
    );
    this.#announcesRefused = counter('announces_refused_total', 'Announces refused for good.', [
      'reason',
    ]);
    this.#announcesPutOff = counter('announces_put_off_total', 'Announces to be sent again.', [
      'code',
    ]);
    this.#signals = tallied('signals_total', 'Signals relayed by kind.', ['kind']);
    this.#batches = counter('batches_total', 'Batches written to Kafka, each counted once.');
    this.#batchFailures = counter('batch_failures_total', 'Attempts that Kafka did not answer.');
    this.#batchAnnounces = new Histogram({
      name: 'viblast_tracker_batch_announces',
      help: 'Announces in a batch.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
      registers,
    });
    this.#appendSeconds = new Histogram({
      name: 'viblast_tracker_append_seconds',
      help: 'From a request to Kafka to its acknowledgement.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
  }

  /** Gauges that ask when they are asked. */
  watch(gauges: TrackerGauges): void {
    const gauge = (name: string, help: string, read: () => number): void =>
      askedGauge(this.registry, name, help, read);
    const counter = (name: string, help: string, read: () => number): void => {
      new Counter({
        name: `viblast_tracker_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    };
    counter('introductions_total', 'Peers that viewers were told of.', () =>
      gauges.introductions(),
    );
    counter(
      'introductions_connected_total',
      'Peers that viewers were told of and then connected to, each introduction once.',
      () => gauges.introductionsConnected(),
    );
    gauge('sockets', 'Open sockets.', () => gauges.sockets());
    gauge('connections', "Connections on the viewers' ports, sockets among them.", () =>
      gauges.connections(),
    );
    gauge('draining', '1: viewers are being sent to other trackers, or were.', () =>
      gauges.isDraining() ? 1 : 0,
    );
    gauge('sessions', 'Sessions that have joined.', () => gauges.sessions());
    gauge('swarms', 'Swarms with a peer.', () => gauges.swarms());
    gauge('suitable_peers', 'Sessions that announce, of which others may be told.', () =>
      gauges.suitablePeers(),
    );
    gauge('negotiations', 'Negotiations between peers that are remembered.', () =>
      gauges.negotiations(),
    );
    gauge(
      'network_database_built_seconds',
      'When the oldest network database was built, Unix time; 0 without one.',
      () => gauges.networksBuiltAtMs() / 1_000,
    );
    gauge('queue_bytes', 'Memory of announces without an answer.', () => gauges.queueBytes());
    gauge(
      'clock_difference_seconds',
      "How far this clock is ahead of the brokers' (below zero: behind), by their LogAppendTime; 0 while unknown.",
      () => (gauges.clockDifferenceMs() ?? 0) / 1_000,
    );
    gauge(
      'certificate_expires_seconds',
      'Unix time at which the certificate in use expires; 0 without TLS.',
      () => (gauges.certificateExpiresAtMs() ?? 0) / 1_000,
    );
    gauge(
      'certificate_problem',
      "1: the certificate's files have one that cannot be used, or the one in use has expired.",
      () => (gauges.certificateProblem() === undefined ? 0 : 1),
    );
  }

  message(type: string): void {
    this.#messages.add(type);
  }

  error(code: ErrorCode): void {
    this.#errors.inc({ code });
  }

  /** `facet`: its name, `label` for any label. */
  otherFacet(facet: string): void {
    this.#otherFacets.inc({ facet });
  }

  socketRefused(
    reason: SocketRefusal | ConnectionRefusal | 'subprotocol' | 'tls' | JoinRefusal,
  ): void {
    this.#socketsRefused.inc({ reason });
  }

  beacon(outcome: BeaconOutcome): void {
    this.#beacons.inc({ outcome });
  }

  socketEnded(reason: SocketEnd): void {
    this.#socketsEnded.inc({ reason });
  }

  sentAway(reason: 'drain' | 'proxy_reload', count: number): void {
    this.#sentAway.inc({ reason }, count);
  }

  untrustedForwarding(): void {
    this.#untrustedForwarding.inc();
  }

  announcesReceived(count: number): void {
    this.#announcesReceived.add('', count);
  }

  announcesAcknowledged(count: number): void {
    this.#announcesAcknowledged.add('', count);
  }

  announcesRefused(reason: RefusalReason, count: number): void {
    this.#announcesRefused.inc({ reason }, count);
  }

  announcesPutOff(code: ErrorCode, count: number): void {
    this.#announcesPutOff.inc({ code }, count);
  }

  signal(kind: string): void {
    this.#signals.add(kind);
  }

  batchSent(announces: number, attempts: number): void {
    if (attempts > 1) return;
    this.#batches.inc();
    this.#batchAnnounces.observe(announces);
  }

  batchAppended(seconds: number): void {
    this.#appendSeconds.observe(seconds);
  }

  batchFailed(): void {
    this.#batchFailures.inc();
  }
}
