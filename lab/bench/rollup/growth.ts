import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import type { Measured } from './batches.js';
import { DrainBench, type DrainBenchOptions } from './drain-bench.js';
import { growthPlot, lineThrough, type GrowthPanel, type GrowthPoint } from './growth-plot.js';
import { passLine, whole, type Verdict } from './report.js';
import type { WorkloadShape } from './workload.js';

const announcesEach = 600_000;
const announceSteps = [1, 2, 4, 8];
const streamSteps = [1_000, 2_500, 5_000, 10_000];
const sessions = 100_000;
const minutes = 10;
const sessionsPerStream = 2;
const batch = 128;
/** How much of what is measured a straight line has to say (R²). */
const fitMin = 0.98;

/**
 * CPU by announces of the same streams, and by streams (and so cells) that are all alike: passes of
 * different sizes, drained by one process after it has become warm. Leaves the plot in docs/.
 */
export async function measureGrowth(options: DrainBenchOptions): Promise<Measured> {
  const { print, say } = options;
  const bench = await DrainBench.open(options);
  let differences = 0;
  try {
    const pass = async (shape: WorkloadShape, what: string): Promise<number> => {
      const figures = await bench.drainWarm(await bench.make(shape, batch));
      differences += figures.differences;
      print(passLine(what, figures));
      return figures.cpuSeconds;
    };
    const ofStreams = (streams: number): WorkloadShape => {
      const sessionsHere = streams * sessionsPerStream;
      return {
        announces: sessionsHere * minutes,
        sessions: sessionsHere,
        minutes,
        streams,
        facets: 0,
      };
    };
    print('\ngrowth, 1 consumer, batches of 128');
    await bench.addConsumer();
    say('becoming warm');
    await pass(
      { announces: announcesEach * 2, sessions, minutes, streams: 'one hot', facets: 0 },
      'first, cold, by announces',
    );
    const byAnnounces: GrowthPoint[] = [];
    for (const step of announceSteps) {
      const count = step * announcesEach;
      const shape: WorkloadShape = {
        announces: count,
        sessions,
        minutes,
        streams: 'one hot',
        facets: 0,
      };
      const cpuSeconds = await pass(shape, `${whole(count)} announces`);
      byAnnounces.push({ count, cpuSeconds });
    }
    await pass(ofStreams(streamSteps.at(-1) ?? 0), 'first, cold, by streams');
    const byStreams: GrowthPoint[] = [];
    for (const streams of streamSteps) {
      const cpuSeconds = await pass(ofStreams(streams), `${whole(streams)} streams`);
      byStreams.push({ count: streams, cpuSeconds });
    }
    const panels: GrowthPanel[] = [
      { title: '10 minutes, 51 streams', unit: 'announces', points: byAnnounces },
      { title: '10 minutes, 2 announces a minute each', unit: 'streams', points: byStreams },
    ];
    const file = join(packageRoot(), 'docs', 'images', 'rollup-growth.svg');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, growthPlot(panels));
    print(`  plotted in ${file}`);
    return { verdicts: panels.map(verdictOf), differences };
  } finally {
    await bench.close();
  }
}

function verdictOf({ unit, points }: GrowthPanel): Verdict {
  const { fixed, each, fit } = lineThrough(points);
  return {
    what: `CPU grows linearly in ${unit}`,
    target: `R² at least ${fitMin}`,
    measured: `R² ${fit.toFixed(4)}, ${fixed.toFixed(2)} s + ${(each * 1_000_000).toFixed(2)} µs each`,
    isMet: fit >= fitMin,
  };
}
