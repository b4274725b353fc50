import { groups, topics, totalsGroups } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';
import type { StackProcess } from '../stack/index.js';
import type { FaultSystem } from './system.js';

const allGroups: readonly string[] = [groups.partials, ...totalsGroups, groups.ingest];
const offsetsTopic = '__consumer_offsets';

/**
 * The partition of `__consumer_offsets` whose leader coordinates a group: Java's hash of its name.
 */
export function coordinatorPartition(groupId: string, partitions: number): number {
  let hash = 0;
  for (const character of groupId) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return (hash & 0x7fffffff) % partitions;
}

/** What a broker does now. */
export interface BrokerDuty {
  readonly process: StackProcess;
  /** Partitions of `announces` that it leads. */
  readonly leads: number;
  /** Groups that it coordinates. */
  readonly coordinates: readonly string[];
}

/** One line about it, for the table. */
export function dutyText({ process, leads, coordinates }: BrokerDuty): string {
  const groupNames = coordinates.length === 0 ? 'no group' : coordinates.join(', ');
  return `${process.name} led ${leads} of announces, coordinated ${groupNames}`;
}

export async function brokerDuties(system: FaultSystem): Promise<readonly BrokerDuty[]> {
  const admin = await system.kafka.admin();
  try {
    const announces = await admin.leaders(topics.announces);
    const offsets = await admin.leaders(offsetsTopic);
    const leaderOf = (group: string): string | undefined =>
      offsets.find(({ partition }) => partition === coordinatorPartition(group, offsets.length))
        ?.broker;
    const { brokers, processes } = system.stack.kafka;
    return processes.map((process, index) => ({
      process,
      leads: announces.filter(({ broker }) => broker === brokers[index]).length,
      coordinates: allGroups.filter((group) => leaderOf(group) === brokers[index]),
    }));
  } finally {
    await admin.close();
  }
}

/** Of the brokers that coordinate the partials' group or not, the one that leads most. */
export function pickBroker(duties: readonly BrokerDuty[], coordinates: boolean): BrokerDuty {
  const byLeads = duties.toSorted((a, b) => b.leads - a.leads);
  const rollupGroups = [groups.partials, ...totalsGroups];
  const picked = coordinates
    ? byLeads.find((duty) => duty.coordinates.includes(groups.partials))
    : (byLeads.find(
        (duty) => duty.leads > 0 && !duty.coordinates.some((g) => rollupGroups.includes(g)),
      ) ?? byLeads.find((duty) => !duty.coordinates.includes(groups.partials)));
  if (picked === undefined)
    throw new AppError('no_such_broker', 'no broker does what is looked for');
  return picked;
}
