import type { ServiceContext } from '../../service/run-service.js';
import type { TrackerServer } from '../sockets/server.js';
import { Drain, type DrainParts } from './drain.js';
import { drainRoute } from './drain-route.js';

/** Announces that are on their way. */
interface Announces {
  /** False: some had no answer in this time. */
  flush(deadlineMs: number): Promise<boolean>;
  readonly queueBytes: number;
}

/**
 * What a tracker does at its end, and before it when the admin port is told so: viewers go
 * elsewhere, what they reported is written, then the sockets close.
 */
export function openDrain<Settings extends { readonly node_name: string }>(
  { logger, onAdminRequest, settings }: ServiceContext<Settings>,
  server: TrackerServer,
  announces: Announces,
  parts: Pick<DrainParts, 'times' | 'random' | 'noticed' | 'metrics' | 'tellOthers'>,
): Drain {
  const writeOut = async (deadlineMs: number): Promise<void> => {
    if (await announces.flush(deadlineMs)) return;
    const bytes = announces.queueBytes;
    logger.warn({ bytes }, 'the drain ends with announces that Kafka has not answered');
  };
  const drain = new Drain({ ...parts, server, writeOut, logger });
  onAdminRequest('/drain', drainRoute(drain, settings.node_name));
  return drain;
}
