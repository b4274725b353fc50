import { connectKafka } from '../../../kafka/index.js';
import {
  emptyStream,
  openRegistry,
  RegistryWriter,
  type StreamSettings,
} from '../../../registry/index.js';
import { silentLogger } from '../../../service/testing/silent-logger.js';

const atOnce = 200;

/** Registers many streams, without a process for each. */
export async function register(
  keys: readonly string[],
  brokers: readonly string[],
  signal: AbortSignal,
  options: StreamSettings['options'] = {},
): Promise<void> {
  const kafka = connectKafka({ brokers, clientId: 'bench', logger: silentLogger });
  const { registry } = await openRegistry({ kafka, logger: silentLogger, stopping: signal });
  const producer = await kafka.producer();
  const writer = new RegistryWriter(registry, producer);
  for (let from = 0; from < keys.length; from += atOnce) {
    const some = keys.slice(from, from + atOnce);
    await Promise.all(
      some.map((key) => {
        const settings = { ...emptyStream(key), title: key, options };
        return writer.putStream(settings, 0, 'bench');
      }),
    );
  }
  writer.close();
  await producer.close();
  await registry.stop();
}
