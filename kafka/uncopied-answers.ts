import { createRequire } from 'node:module';

/** As far as it is known here: kafkajs has no types for its inside. */
interface Connection {
  readonly bytesBuffered: number;
  chunks: Buffer[];
  processData: (this: Connection, bytes: Buffer) => void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/connection') as {
  readonly prototype: Connection;
};
const { processData } = prototype;

/**
 * Lets kafkajs read an answer that comes whole where it stands: what is left of the one before, of
 * no bytes, is no longer put before it (kafka/DEFECTS.md#a-long-answer-is-put-together-twice).
 */
export function leaveAnswersUncopied(): void {
  prototype.processData = function guarded(bytes) {
    if (this.bytesBuffered === 0) this.chunks = [];
    processData.call(this, bytes);
  };
}
