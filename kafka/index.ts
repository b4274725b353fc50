export { connectService } from './connect-service.js';
export { connectKafka } from './connection.js';
export type { KafkaConnectionOptions } from './clients.js';
export { groupLag } from './group-lag.js';
export { partitionOf, partitionOfInstance, partitionOfStream } from './murmur2.js';
export { assignSticky, type StickyMember } from './sticky-assignment.js';
export { kafkaSecurity, kafkaSettings, type KafkaSecurity } from './settings.js';
export type * from './types.js';
export { TopicWorkbench, type StampedRecord } from './workbench.js';
