export { connectKafka } from './connection.js';
export type { KafkaConnectionOptions } from './clients.js';
export { partitionOf, partitionOfInstance, partitionOfStream } from './murmur2.js';
export type * from './types.js';
export { TopicWorkbench, type StampedRecord } from './workbench.js';
