import { groupsOf } from '../../registry/index.js';
import { sees, type Actor } from '../actor.js';
import { portalLimits } from '../limits.js';
import type { StreamGroup } from '../metrics/group-reading.js';
import { firstKnownMs, subjectOf } from '../metrics/subjects.js';
import { problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';

/**
 * The streams of a group that the actor sees. Throws 404 where there are none, and 409 where there
 * are too many to be added up.
 */
export function seenGroup(
  catalog: StreamCatalog,
  actor: Actor,
  group: string,
  nowMs: number,
): StreamGroup {
  const all = catalog.streams();
  const streams = all.filter(
    (stream) => groupsOf(stream.options).includes(group) && sees(actor, stream),
  );
  const isOthers = actor.groups !== 'all' && !actor.groups.includes(group);
  if (streams.length === 0 || isOthers) {
    throw problem(404, 'not_found', `there is no group ${group}`, 'group');
  }
  if (streams.length > portalLimits.groupStreamsMax) {
    const message = `the group has more than ${portalLimits.groupStreamsMax} streams`;
    throw problem(409, 'group_too_large', message, 'group');
  }
  const members = streams.map((stream) => subjectOf(catalog, stream, nowMs));
  // What nobody could watch yet had no viewers.
  return { members, knownFromMs: firstKnownMs(members, nowMs), among: all.map(({ key }) => key) };
}
