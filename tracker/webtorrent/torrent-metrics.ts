import { Counter, type Registry } from 'prom-client';
import type { TorrentFailure } from '../../protocol/index.js';
import { askedGauge } from '../asked-gauge.js';
import { TalliedCounter } from '../tallied-counter.js';
import type { TorrentEvent } from './read-message.js';
import type { OfferOutcome } from './relay.js';

/** What is read when somebody asks for the metrics. */
export interface TorrentGauges {
  members(): number;
  viewers(): number;
}

/** The figures of the WebTorrent dialect for Prometheus. */
export class TorrentMetrics {
  readonly #announces: TalliedCounter<'event' | 'outcome'>;
  readonly #offers: TalliedCounter<'outcome'>;
  readonly #answers: TalliedCounter<'outcome'>;
  readonly #scrapes: Counter;
  readonly #failures: Counter<'code'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    const counter = <Label extends string = string>(
      name: string,
      help: string,
      labelNames: Label[] = [],
    ) =>
      new Counter<Label>({
        name: `viblast_tracker_webtorrent_${name}`,
        help,
        labelNames,
        registers,
      });
    const tallied = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new TalliedCounter(registry, `viblast_tracker_webtorrent_${name}`, help, labelNames);
    this.#announces = tallied(
      'announces_total',
      'Announces of WebTorrent clients by event and outcome: answered, or the word of the failure.',
      ['event', 'outcome'],
    );
    this.#offers = tallied(
      'offers_total',
      'Offers: relayed, for nobody (no other peer to send it to), refused (all others read too slowly, or have too many that they have not answered), unread, policy (the stream lets no more through).',
      ['outcome'],
    );
    this.#answers = tallied('answers_total', 'Answers: relayed, or of no offer that was relayed.', [
      'outcome',
    ]);
    this.#scrapes = counter('scrapes_total', 'Scrapes answered.');
    this.#failures = counter('failures_total', 'Failures told to WebTorrent clients, by word.', [
      'code',
    ]);
  }

  /** Gauges that ask when they are asked. */
  watch(gauges: TorrentGauges): void {
    const gauge = (name: string, help: string, read: () => number): void =>
      askedGauge(this.registry, `webtorrent_${name}`, help, read);
    gauge('members', 'Peers of WebTorrent swarms, by peer_id and socket.', () => gauges.members());
    gauge('viewers', 'Viewers for whom this tracker announces.', () => gauges.viewers());
  }

  announce(event: TorrentEvent, outcome: 'answered' | TorrentFailure): void {
    this.#announces.add(`${event} ${outcome}`);
  }

  offers(outcome: OfferOutcome | 'unread' | 'policy', count: number): void {
    if (count > 0) this.#offers.add(outcome, count);
  }

  /** What became of an announce's offers. */
  relayed({ relayed, nobody, refused }: Readonly<Record<OfferOutcome, number>>): void {
    this.offers('relayed', relayed);
    this.offers('nobody', nobody);
    this.offers('refused', refused);
  }

  answer(outcome: 'relayed' | 'no_offer'): void {
    this.#answers.add(outcome);
  }

  scrape(): void {
    this.#scrapes.inc();
  }

  failure(code: TorrentFailure): void {
    this.#failures.inc({ code });
  }
}
