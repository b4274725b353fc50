import { firstProtocol } from '../kafka/index.js';
import { newestRecordsVersion, type Ring } from '../schemas/index.js';
import type { Registry } from './registry.js';

/** Of groups whose members all read this version of the records. */
function protocolOf(recordsVersion: number): string {
  return recordsVersion === 1 ? firstProtocol : `viblast-sticky-${recordsVersion}`;
}

/** How a node comes to be in its ring: as soon as it runs, or by an operator's commit. */
export type ClusterMembership = 'automatic' | 'staged';

/** A node's own ring, as it goes by it. */
export class NodeRing {
  constructor(
    private readonly registry: Registry,
    private readonly ring: Ring,
    readonly node: string,
    private readonly membership: ClusterMembership,
  ) {}

  /** The nodes that are in; undefined: all that run. A function, to be passed on. */
  readonly nodes = (): ReadonlySet<string> | undefined =>
    this.membership === 'automatic' ? undefined : new Set(this.registry.ring(this.ring).members);

  /**
   * By which its groups share partitions out: the earlier protocols as well until the upgrade is
   * finished. From then on nobody is let in who can't read all that stands in the log.
   */
  readonly protocols = (): readonly string[] => {
    const oldest = Math.min(this.registry.cluster()?.recordsVersion ?? 1, newestRecordsVersion);
    return Array.from({ length: newestRecordsVersion - oldest + 1 }, (_, earlier) =>
      protocolOf(newestRecordsVersion - earlier),
    );
  };

  /** Calls the listener after a commit, and when the protocols change; returns what ends that. */
  readonly onChange = (listener: () => void): (() => void) =>
    this.registry.onChange((change) => {
      if (change.kind === 'cluster') listener();
      if (change.kind !== 'ring' || change.ring !== this.ring) return;
      if (this.membership === 'automatic') return;
      if (change.state.committedRevision === change.state.revision) listener();
    });

  /** Whether this node is in. */
  get isMember(): boolean {
    return this.nodes()?.has(this.node) ?? true;
  }

  /** The commit that it goes by; −1 where it goes by none. */
  get revision(): number {
    return this.membership === 'automatic' ? -1 : this.registry.ring(this.ring).committedRevision;
  }

  /** What other nodes are told of it, beside its own state. */
  telling(state: () => string) {
    return {
      state: (): string => (this.isMember ? state() : 'waiting'),
      ringRevision: (): number => this.revision,
    };
  }
}
