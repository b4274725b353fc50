/**
 * Why a record is not used: it can't be decoded, doesn't belong on its topic, or can't be applied.
 */
export interface Refusal {
  readonly reason: string;
  readonly detail: string;
}
