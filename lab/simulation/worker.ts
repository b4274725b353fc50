import type { WorkerTask } from './run-many.js';
import { run } from './run.js';

/** A worker process of run-many.ts: runs the seeds that it is sent, one after the other. */
process.on('message', (message) => {
  const { seed, profile } = message as WorkerTask;
  void run({ seed, ...(profile === undefined ? {} : { profile }) }).then((result) =>
    process.send?.(result),
  );
});
