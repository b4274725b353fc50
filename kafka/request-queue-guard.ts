import { createRequire } from 'node:module';

/** As far as it is known here: kafkajs has no types for its inside. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * Lets kafkajs look after requests that wait only where any do
 * (kafka/DEFECTS.md#a-timer-that-fires-each-millisecond). Whatever comes to wait later, throttled
 * or behind too many others, asks for a look of its own.
 */
export function guardRequestQueues(): void {
  prototype.scheduleCheckPendingRequests = function guarded() {
    if (this.pending.length > 0) schedule.call(this);
  };
}
