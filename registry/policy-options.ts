import { isFields } from './facet-options.js';
import type { StreamOptions } from './types.js';

/** What a stream lets its viewers do among themselves, as `options.policy` says it. */
export interface PeerPolicy {
  /** False: nobody gets peers. */
  readonly peers: boolean;
  /** Peers that a viewer may be connected to; undefined: as many as it likes. */
  readonly peersMax: number | undefined;
  /** What a viewer may send to all its peers together, kbit/s; undefined: as much as it likes. */
  readonly uploadKbpsMax: number | undefined;
  /** False: viewers on a cellular network get no peers. */
  readonly cellular: boolean;
  /** False: viewers take from others, such as seeders, and send nothing. */
  readonly give: boolean;
  /** Viewers from which on there are peers. */
  readonly viewersMin: number;
  /** The share of sessions that get no peers, so that both kinds can be compared. */
  readonly holdbackPercent: number;
}

export const policyOptionsLimits = {
  /** More connections cost a viewer more than they bring. */
  peersMax: 50,
  /** As of bitrates that announces tell: no link is faster. */
  uploadKbpsMax: 1_000_000,
  viewersMinMax: 1_000_000,
  /** With more than half held back it would be peers that are tried out. */
  holdbackPercentMax: 50,
} as const;

const defaults: PeerPolicy = {
  peers: true,
  peersMax: undefined,
  uploadKbpsMax: undefined,
  cellular: true,
  give: true,
  viewersMin: 1,
  holdbackPercent: 0,
};

interface FieldRule {
  readonly rule: string;
  readonly holds: (value: unknown) => boolean;
}

const flag: FieldRule = { rule: 'true or false', holds: (value) => typeof value === 'boolean' };

function wholeNumber(min: number, max: number): FieldRule {
  return {
    rule: `a whole number from ${min} to ${max}`,
    holds: (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

const rules: Readonly<Record<keyof PeerPolicy, FieldRule>> = {
  peers: flag,
  peersMax: wholeNumber(1, policyOptionsLimits.peersMax),
  uploadKbpsMax: wholeNumber(1, policyOptionsLimits.uploadKbpsMax),
  cellular: flag,
  give: flag,
  viewersMin: wholeNumber(1, policyOptionsLimits.viewersMinMax),
  holdbackPercent: wholeNumber(0, policyOptionsLimits.holdbackPercentMax),
};
const ruleOf = new Map<string, FieldRule>(Object.entries(rules));

/** Names the first field of the policy that breaks a rule, and the rule. */
export function policyOptionsError({ policy }: StreamOptions): string | undefined {
  const at = 'options.policy';
  if (policy === undefined) return undefined;
  if (!isFields(policy)) return `${at}: not an object`;
  for (const [field, value] of Object.entries(policy)) {
    const known = ruleOf.get(field);
    if (known === undefined) {
      return `${at}: has no field "${field.slice(0, 64)}"; those that it has are ${Object.keys(rules).join(', ')}`;
    }
    if (!known.holds(value)) return `${at}.${field}: ${known.rule}`;
  }
  return undefined;
}

/** By the registry's options, which are other ones after each change. */
const policies = new WeakMap<StreamOptions, PeerPolicy>();

/**
 * The policy of a stream, whatever version wrote it: a field that isn't as it should be reads as
 * its default. The same object for the same options.
 */
export function policyOf(options: StreamOptions): PeerPolicy {
  const known = policies.get(options);
  if (known !== undefined) return known;
  const told = isFields(options['policy']) ? Object.entries(options['policy']) : [];
  const right = told.filter(([field, value]) => ruleOf.get(field)?.holds(value) === true);
  const policy: PeerPolicy = { ...defaults, ...Object.fromEntries(right) };
  policies.set(options, policy);
  return policy;
}
