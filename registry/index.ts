export {
  backupText,
  readBackup,
  withReplicas,
  type RegistryBackup,
  type Replicas,
} from './backup.js';
export { allTopics, checkCluster } from './cluster-checks.js';
export {
  clusterChoiceOf,
  clusterDifferences,
  clusterError,
  type ClusterChoice,
} from './cluster-rules.js';
export { creationId, type Creation } from './creations.js';
export { isDeleted } from './deleted-streams.js';
export { emptyStream } from './empty-stream.js';
export { registryLimits, type FoldOutcome } from './fold.js';
export type { SeenMember } from './member-fold.js';
export { joinCluster } from './join-cluster.js';
export { Membership, readMembers, type MembershipOptions, type SeenMembers } from './members.js';
export { NodeRing, type ClusterMembership } from './node-ring.js';
export {
  openCluster,
  openRegistry,
  type OpenClusterOptions,
  type OpenedCluster,
} from './open-cluster.js';
export { RegistryWriter, type RegistryWriterOptions } from './registry-writer.js';
export { Registry, type ChangeListener, type CommandListener } from './registry.js';
export {
  emptyRing,
  membersAfter,
  nextRing,
  type RingState,
  type StagedChange,
} from './ring-rules.js';
export { Sealing, sealingOf, sealingSettings } from './sealing.js';
export { settingsFingerprint } from './settings-fingerprint.js';
export { graphiteFacets, isFields, labelOptions } from './facet-options.js';
export { groupNameRule, groupsOf, isGroupName, tagsOf } from './group-options.js';
export { policyOf, type PeerPolicy } from './policy-options.js';
export {
  optionsDepthError,
  optionsOfText,
  webTorrentOptions,
  type WebTorrentOptions,
} from './stream-options.js';
export { isStreamKey, streamError } from './stream-rules.js';
export { newTopics, surplusPartitions, topicProblems } from './topic-settings.js';
export type * from './types.js';
export { olderReaders, readersOf } from './records-version.js';
export { UnsealedStreams } from './unsealed-streams.js';
