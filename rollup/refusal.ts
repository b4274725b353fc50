/**
 * Why a record is not used: it can't be decoded, doesn't belong on its topic, or can't be applied.
 */
export const refusalReasons = [
  'not_single_object',
  'unknown_fingerprint',
  'broken_body',
  'out_of_bounds',
  'unexpected_record',
  'unknown_partition',
  'not_applicable',
] as const;

export interface Refusal {
  readonly reason: (typeof refusalReasons)[number];
  readonly detail: string;
}
