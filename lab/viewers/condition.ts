/**
 * What is arranged for all viewers of a process: nothing; a tenth of them connects to nobody; peers
 * give less than half of what they do usually; none are wanted; nobody can connect to anybody.
 */
export const conditions = ['usual', 'tenth', 'slow', 'policy', 'blocked'] as const;
export type Condition = (typeof conditions)[number];

const slowShare = 0.4;

/** What a condition means for one viewer. */
export interface Means {
  readonly wantsPeers: boolean;
  readonly canConnect: boolean;
  /** Of what its peers would give it. */
  readonly peerShare: number;
}

/** What it means for each viewer that comes. */
export function meansOf(condition: Condition): () => Means {
  let come = 0;
  return () => {
    come += 1;
    const isOfTenth = condition === 'tenth' && come % 10 === 0;
    return {
      wantsPeers: condition !== 'policy',
      canConnect: condition !== 'blocked' && !isOfTenth,
      peerShare: condition === 'slow' ? slowShare : 1,
    };
  };
}
