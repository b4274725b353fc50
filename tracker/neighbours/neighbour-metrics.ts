import { Counter, type Registry } from 'prom-client';
import { askedGauge } from '../asked-gauge.js';

/** Why something between trackers was dropped. */
export type NeighbourDrop =
  /** Not a record of the topic, or out of its bounds. */
  | 'broken'
  /** It stood in the log for too long. */
  | 'old'
  /** From a tracker that isn't known to live. */
  | 'unknown_tracker'
  /** More than one tracker may send. */
  | 'too_many'
  /** More waited for Kafka than may, or for too long. */
  | 'waiting'
  /** Kafka didn't take it. */
  | 'kafka';

export interface NeighbourFigures {
  readonly trackers: number;
  readonly swarmsTold: number;
  readonly swarmsHeard: number;
  readonly peersHeard: number;
}

/** What Prometheus is told of a tracker's talk with the others. */
export class NeighbourMetrics {
  readonly #sent: Counter<'dialect'>;
  readonly #received: Counter<'dialect'>;
  readonly #dropped: Counter<'reason'>;
  readonly #samples: Counter<'way'>;

  constructor(private readonly registry: Registry) {
    const counter = <Label extends string>(name: string, help: string, label: Label) =>
      new Counter<Label>({
        name: `viblast_tracker_${name}`,
        help,
        labelNames: [label],
        registers: [registry],
      });
    this.#sent = counter(
      'neighbour_messages_sent_total',
      'Messages for peers of other trackers, by dialect.',
      'dialect',
    );
    this.#received = counter(
      'neighbour_messages_received_total',
      'Messages from peers of other trackers, by dialect.',
      'dialect',
    );
    this.#dropped = counter(
      'neighbour_dropped_total',
      'Records and messages between trackers that were dropped: broken, old, unknown_tracker (not known to live), too_many (of one tracker, or of an address for one), waiting (too many or too long before Kafka took them), kafka (it did not).',
      'reason',
    );
    this.#samples = counter(
      'swarm_samples_total',
      'Samples of swarms told to other trackers, and heard from them.',
      'way',
    );
  }

  watch(figures: () => NeighbourFigures): void {
    const gauge = (name: string, help: string, read: (now: NeighbourFigures) => number): void =>
      askedGauge(this.registry, name, help, () => read(figures()));
    gauge('neighbours', 'Other trackers that live, as far as is heard.', (now) => now.trackers);
    gauge('swarms_told', 'Swarms that the others know this one to have.', (now) => now.swarmsTold);
    gauge('swarms_heard', 'Swarms that others have.', (now) => now.swarmsHeard);
    gauge('peers_heard', 'Peers of other trackers that are known.', (now) => now.peersHeard);
  }

  sent(dialect: string): void {
    this.#sent.inc({ dialect });
  }

  received(dialect: string): void {
    this.#received.inc({ dialect });
  }

  dropped(reason: NeighbourDrop, count = 1): void {
    this.#dropped.inc({ reason }, count);
  }

  samples(way: 'told' | 'heard', count: number): void {
    this.#samples.inc({ way }, count);
  }
}
