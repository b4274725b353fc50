import { setTimeout as delay } from 'node:timers/promises';
import { residentBytesOf } from '../../stack/index.js';
import type { Measured } from './batches.js';
import { DrainBench, type DrainBenchOptions } from './drain-bench.js';
import { announcesRead } from './drain.js';
import { megabytes, whole } from './report.js';

const sessionCounts = [100_000, 300_000];
/** Long enough that as many minutes are open as ever are: late, grace, and the present one. */
const minutes = 6;
const announcesPerMinute = 2;
const batch = 128;
const per = 100_000;
/** Peak memory that 100 000 more live sessions may cost. */
const growthMegabytesMax = 60;
const pollMs = 200;
/** In which what has closed is sent and garbage goes. */
const restMs = 3_000;

/**
 * Resident memory of a rollup process by live sessions: each announces twice a minute for six
 * minutes, and the log ends there, so that all open minutes hold them. A cluster and a process for
 * each count.
 */
export async function measureMemory(
  open: () => Promise<DrainBenchOptions>,
  close: () => Promise<void>,
): Promise<Measured> {
  const peaks: number[] = [];
  for (const sessions of sessionCounts) {
    const options = await open();
    const bench = await DrainBench.open(options);
    try {
      const announces = sessions * announcesPerMinute * minutes;
      const shape = { announces, sessions, minutes, streams: 'one hot', facets: 0 } as const;
      await bench.append(await bench.make(shape, batch, false));
      const process = await bench.addConsumer();
      while ((await announcesRead(bench.processes)) < announces) {
        options.stopping.signal.throwIfAborted();
        await delay(pollMs);
      }
      await delay(restMs);
      const { now, peak } = residentBytesOf(process.pid);
      const held = await process.metric('viblast_rollup_sessions');
      if (peaks.length === 0) options.print('\nmemory by live sessions');
      options.print(
        `  ${whole(sessions)} sessions, ${whole(held)} held in open minutes: ` +
          `peak RSS ${whole(megabytes(peak))} MiB, after 3 s ${whole(megabytes(now))} MiB`,
      );
      peaks.push(peak);
    } finally {
      await bench.close();
      await close();
    }
  }
  const [few = 0, many = 0] = peaks;
  const [fewSessions = 0, manySessions = 0] = sessionCounts;
  const growth = (megabytes(many - few) / (manySessions - fewSessions)) * per;
  const verdict = {
    what: 'peak RSS for 100 000 more live sessions',
    target: `at most ${growthMegabytesMax} MB`,
    measured: `${whole(growth)} MB`,
    isMet: growth <= growthMegabytesMax,
  };
  return { verdicts: [verdict], differences: 0 };
}
