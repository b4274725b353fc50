import type { StreamOptions } from '../../../registry/index.js';
import { sessionPolicyOf, type PolicySubject, type SessionPolicy } from '../session-policy.js';

/** How a stream's `options.policy` holds for a session of the stream `arena`. */
export function policyFor(policy: unknown, subject: Partial<PolicySubject> = {}): SessionPolicy {
  const usual = {
    stream: 'arena',
    session: Buffer.alloc(16),
    isSeeder: false,
    isCellular: false,
  };
  const options: StreamOptions = { policy };
  return sessionPolicyOf({ ...usual, ...subject }, options);
}
