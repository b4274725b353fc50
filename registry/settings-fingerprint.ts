import { createHash } from 'node:crypto';
import type { ClusterSettings } from './types.js';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

/**
 * SHA-256, in hex, over the cluster's settings and those of the role that must be the same on all
 * of its nodes: JSON, keys in order. By which version records are written changes while nodes run,
 * and all of them follow it.
 */
export function settingsFingerprint(
  { recordsVersion: _, revision: __, ...cluster }: ClusterSettings,
  sharedSettings: Readonly<Record<string, unknown>>,
): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted({ cluster, shared: sharedSettings })))
    .digest('hex');
}
