import type { KafkaConnection } from '../kafka/index.js';
import {
  openRegistry,
  RegistryWriter,
  type ClusterSettings,
  type Registry,
  type RegistryWriterOptions,
} from '../registry/index.js';
import { topics } from '../schemas/index.js';
import type { CommonOptions } from './options.js';
import { commandLogger, withKafka } from './with-kafka.js';

/** Such as a change that the registry refused: no failure, but not what was asked for. */
export const refusedExitCode = 1;

/** The registry alone, followed until its `stop`. */
export function followRegistry(
  kafka: KafkaConnection,
  deadline: AbortSignal,
): ReturnType<typeof openRegistry> {
  return openRegistry({
    kafka,
    logger: commandLogger,
    stopping: deadline,
    topicsNeeded: [topics.registry],
  });
}

/** What a command that writes to the registry works with. */
interface Writing {
  readonly kafka: KafkaConnection;
  /** As it was when the registry was opened. */
  readonly cluster: ClusterSettings;
  readonly registry: Registry;
  readonly writer: RegistryWriter;
}

/** Does the work on the registry as it is, and ends what that took. */
export async function withRegistryWriter<Result>(
  options: CommonOptions,
  work: (writing: Writing) => Promise<Result>,
  writerOptions: Pick<RegistryWriterOptions, 'sealing'> = {},
): Promise<Result> {
  return await withKafka(options, async (kafka, deadline) => {
    const { cluster, registry } = await followRegistry(kafka, deadline);
    const producer = await kafka.producer();
    const timeoutMs = options.timeoutSeconds * 1_000;
    const writer = new RegistryWriter(registry, producer, { ...writerOptions, timeoutMs });
    try {
      return await work({ kafka, cluster, registry, writer });
    } finally {
      writer.close();
      await producer.close();
      await registry.stop();
    }
  });
}
