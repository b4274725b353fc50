import type { NodeRing } from '../../registry/index.js';
import type { ServiceContext } from '../../service/run-service.js';

/**
 * A tracker that a commit takes out of its ring drains and ends, as one does that is told to stop.
 */
export function goWhenTakenOut<Settings>(
  { logger, onStop }: Pick<ServiceContext<Settings>, 'logger' | 'onStop'>,
  ring: NodeRing,
): void {
  let wasMember = ring.isMember;
  const stopWatching = ring.onChange(() => {
    if (wasMember && !ring.isMember) {
      logger.info({ ringRevision: ring.revision }, 'taken out of the ring: draining, then ending');
      process.kill(process.pid, 'SIGTERM');
    }
    wasMember = ring.isMember;
  });
  onStop('ring', stopWatching);
}
