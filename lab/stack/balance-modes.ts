/** How HAProxy spreads viewers over trackers: docs/balancing.md. */
export const balanceModes = ['leastconn', 'stream', 'address'] as const;
export type BalanceMode = (typeof balanceModes)[number];
