import type { LogProducer, PartitionsProducer } from './types.js';

/** A producer that appends by this, to several partitions by a call for each. */
export function appendingBy(
  append: LogProducer['append'],
  close: LogProducer['close'] = () => Promise.resolve(),
): PartitionsProducer {
  return {
    append,
    appendEach: async (topic, appends) => {
      await Promise.all(appends.map(({ partition, records }) => append(topic, partition, records)));
    },
    close,
  };
}
