import { createRequire } from 'node:module';

/** As far as it is known here: kafkajs has no types for its inside. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, InFlight>;
  readonly enforceRequestTimeout: boolean;
  readonly isConnected: () => boolean;
  destroy: (this: RequestQueue) => void;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
  scheduleRequestTimeoutCheck: (this: RequestQueue) => void;
}
interface InFlight {
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

/** Requests have seconds: that one is over may be noticed so much later. */
const overdueCheckMs = 500;

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
const schedule = prototype.scheduleCheckPendingRequests;
/** Those of all connections that stand: one timer looks after them. */
const watched = new Set<RequestQueue>();
let watching: NodeJS.Timeout | undefined;

/**
 * Lets kafkajs look after requests that wait only where any do, and after those without an answer
 * twice a second, for all connections at once
 * (kafka/DEFECTS.md#a-timer-that-fires-each-millisecond). Whatever comes to wait later, throttled
 * or behind too many others, asks for a look of its own.
 */
export function guardRequestQueues(): void {
  prototype.scheduleCheckPendingRequests = function guarded() {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function guarded() {
    if (!this.enforceRequestTimeout) return;
    watched.add(this);
    // The connections keep the process alive, for as long as they stand.
    watching ??= setInterval(lookForOverdue, overdueCheckMs).unref();
  };
}

function lookForOverdue(): void {
  const nowMs = Date.now();
  for (const queue of watched) {
    for (const request of queue.inflight.values()) {
      if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest();
    }
    if (queue.isConnected()) continue;
    watched.delete(queue);
    queue.destroy();
  }
  if (watched.size > 0) return;
  clearInterval(watching);
  watching = undefined;
}
