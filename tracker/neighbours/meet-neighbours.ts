import type { Registry } from 'prom-client';
import { KafkaLink, type KafkaLinkOptions } from './kafka-link.js';
import { MessageExchange } from './message-exchange.js';
import { NeighbourMetrics } from './neighbour-metrics.js';
import { SwarmExchange, type SwarmExchangeOptions } from './swarm-exchange.js';

export interface MeetNeighboursOptions
  extends SwarmExchangeOptions, Omit<KafkaLinkOptions, 'swarms' | 'messages' | 'metrics'> {
  readonly registry: Registry;
}

/** What a tracker needs to be one of several; `link.start()` begins it. */
export function meetNeighbours(options: MeetNeighboursOptions) {
  const { instance } = options;
  const metrics = new NeighbourMetrics(options.registry);
  const elsewhere = new SwarmExchange(options);
  const isAlive = (other: string): boolean => elsewhere.isAlive(other);
  const neighbours = new MessageExchange({ instance, isAlive, metrics });
  metrics.watch(() => elsewhere.figures);
  const link = new KafkaLink({ ...options, swarms: elsewhere, messages: neighbours, metrics });
  return { elsewhere, neighbours, link };
}
