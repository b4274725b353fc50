export { connectKafka, type KafkaConnectionOptions } from './connection.js';
export { partitionOf, partitionOfStream } from './murmur2.js';
export type * from './types.js';
export { TopicWorkbench, type StampedRecord } from './workbench.js';
