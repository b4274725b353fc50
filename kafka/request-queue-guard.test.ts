import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../service/testing/silent-logger.js';
import { guardRequestQueues } from './request-queue-guard.js';

interface Request {
  readonly entry: object;
  readonly expectResponse: boolean;
  readonly sendRequest: () => void;
}
interface RequestQueue {
  throttledUntil: number;
  readonly throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  push(request: Request): void;
  scheduleRequestTimeoutCheck(): void;
  destroy(): void;
}
const require = createRequire(import.meta.url);
const Queue = require('kafkajs/src/network/requestQueue') as new (options: object) => RequestQueue;

const queues: RequestQueue[] = [];
function queueOf(options: object = {}): RequestQueue {
  guardRequestQueues();
  const queue = new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'c',
    broker: 'b:1',
    logger: { ...silentLogger, namespace: () => silentLogger },
    isConnected: () => true,
    ...options,
  });
  queues.push(queue);
  return queue;
}

/** A request that notes its number when it is sent. */
function request(correlationId: number, sent: number[]): Request {
  return {
    entry: { correlationId, apiKey: 0, apiVersion: 0, apiName: 'A', reject: () => undefined },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  };
}

describe('the guard of kafkajs’s request queues', () => {
  afterEach(() => queues.splice(0).forEach((queue) => queue.destroy()));

  it('sets no timer while no request waits', () => {
    const queue = queueOf();
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    const sent: number[] = [];
    queue.push(request(1, sent));
    queue.checkPendingRequests();
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('sends what was throttled once that is over', async () => {
    const queue = queueOf();
    queue.throttledUntil = Date.now() + 30;
    const sent: number[] = [];
    await new Promise<void>((resolve) => {
      queue.push({
        ...request(1, sent),
        sendRequest: () => {
          sent.push(1);
          resolve();
        },
      });
      expect(queue.pending).toHaveLength(1);
      expect(queue.throttleCheckTimeoutId).not.toBeNull();
    });
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('gives up a request without an answer, with one timer for all connections that stand', async () => {
    const setTimer = jest.spyOn(globalThis, 'setInterval');
    let isConnected = true;
    const options = { enforceRequestTimeout: true, requestTimeout: 50 };
    const many = Array.from({ length: 20 }, () =>
      queueOf({ ...options, isConnected: () => isConnected }),
    );
    for (const queue of many) queue.scheduleRequestTimeoutCheck();
    expect(setTimer).toHaveBeenCalledTimes(1);
    setTimer.mockRestore();
    await Promise.all(
      many.map(
        (queue) =>
          new Promise<void>((resolve) => {
            const { entry, ...rest } = request(1, []);
            queue.push({ ...rest, entry: { ...entry, reject: () => resolve() } });
          }),
      ),
    );
    isConnected = false;
  });
});
