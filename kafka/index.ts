export { connectKafka, type KafkaConnectionOptions } from './connection.js';
export { murmur2, partitionOf, partitionOfStream } from './murmur2.js';
export type * from './types.js';
