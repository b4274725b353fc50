import {
  hashPassword,
  roles,
  tokenDigest,
  type Accounts,
  type Role,
} from '../../accounts/index.js';

/** As strong as a test needs it. */
const cheapCost = { log2N: 4, r: 1, p: 1 };

/** The text of the API token of a role in `testAccounts`. */
export function tokenOf(role: Role): string {
  return `vbp_of-the-${role}-for-tests-only`;
}

export const testPassword = 'a password of nobody';

/** A user and an API token of each role, named as it, who see all streams. */
export async function testAccounts(expiresAtMs: number): Promise<Accounts> {
  const passwordHash = await hashPassword(testPassword, cheapCost);
  const holders = roles.map((role) => ({ name: role, role, groups: 'all' as const }));
  return {
    version: 1,
    users: holders.map((holder) => ({ ...holder, passwordHash, changedAtMs: 0 })),
    tokens: holders.map((holder) => {
      return { ...holder, sha256: tokenDigest(tokenOf(holder.role)), createdAtMs: 0, expiresAtMs };
    }),
  };
}
