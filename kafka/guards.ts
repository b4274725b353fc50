import { countFetchedBatches } from './fetched-memory.js';
import { guardIdleFetches } from './idle-fetch-guard.js';
import { guardRequestQueues } from './request-queue-guard.js';
import { leaveAnswersUncopied } from './uncopied-answers.js';

let isGuarded = false;

/**
 * Mends kafkajs for all clients of this process (kafka/DEFECTS.md), once, since each mend lays
 * itself around those before it: what is fetched is counted last, behind what may hold a fetch up.
 */
export function guardKafkajs(heartbeatIntervalMs: number): void {
  if (isGuarded) return;
  isGuarded = true;
  guardRequestQueues();
  guardIdleFetches(heartbeatIntervalMs);
  leaveAnswersUncopied();
  countFetchedBatches();
}
