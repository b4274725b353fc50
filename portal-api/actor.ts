import { roles, type Role } from '../accounts/index.js';
import { groupsOf, type RegisteredStream } from '../registry/index.js';

export type { Role } from '../accounts/index.js';

/** Who calls the API. */
export interface Actor {
  /** For the audit trail, such as `user:ann`, `token:ci`, or `api-token` of the portal's own. */
  readonly name: string;
  readonly role: Role;
  /** The groups of streams that are seen; `all`: every stream. */
  readonly groups: readonly string[] | 'all';
}

/** True: the role may do what `needed` may. */
export function isAllowed(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** True: the stream is among those that the actor sees. */
export function sees({ groups }: Actor, { options }: Pick<RegisteredStream, 'options'>): boolean {
  return groups === 'all' || groupsOf(options).some((group) => groups.includes(group));
}
