import type { KafkaConnection } from '../kafka/index.js';
import { openRegistry } from '../registry/index.js';
import { topics } from '../schemas/index.js';
import { commandLogger } from './with-kafka.js';

/** The registry refused a change: not a failure of anything, but not what was asked for. */
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
