import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { LogRecord } from '../kafka/index.js';
import { codec, topics } from '../schemas/index.js';
import { LogWatch } from './log-watch.js';
import { createRollupMetrics } from './metrics.js';
import { Stages } from './stages.js';
import { testPartition, testParts, wholeLog } from './testing/stage-parts.js';

async function seriesOf(registry: Registry): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));
}

function mark(timeMs: number): LogRecord {
  const value = codec().encode('Mark', { owner: 'rollup', written: timeMs });
  return { partition: 0, offset: 0, logAppendTimeMs: timeMs, key: null, value };
}

/** A Kafka whose logs have the ends that `ends` says, by topic and partition. */
function adminOf(ends: Map<string, number>) {
  return {
    offsets: (topic: string) =>
      Promise.resolve([{ partition: 0, startOffset: 0, endOffset: ends.get(`${topic}/0`) ?? 0 }]),
    replicasMissing: (topic: string) => Promise.resolve(topic === topics.announces ? 3 : 0),
  };
}

describe('the metrics of a rollup', () => {
  it('have at 0 from the start what is counted, so that the first can be seen', async () => {
    const registry = new Registry();
    createRollupMetrics(registry);
    const series = await seriesOf(registry);
    expect(series).toEqual(
      expect.arrayContaining([
        'viblast_rollup_dead_letters_total{topic="announces",reason="broken_body"} 0',
        'viblast_rollup_dead_letters_total{topic="rollup-partials",reason="unknown_partition"} 0',
        'viblast_rollup_set_aside_total{where="partials"} 0',
        'viblast_rollup_set_aside_total{where="clickhouse"} 0',
        'viblast_rollup_sink_writes_total{sink="graphite"} 0',
        'viblast_rollup_append_failures_total{topic="dead-letters"} 0',
        'viblast_rollup_announces_total{outcome="counted"} 0',
      ]),
    );
  });

  it('measure the lag to the log’s end as it is now, not as it was when assigned', async () => {
    const registry = new Registry();
    const metrics = createRollupMetrics(registry);
    const stages = new Stages(testParts({ metrics }));
    stages.openPartials(testPartition(topics.announces), wholeLog(10));
    const ends = new Map([[`${topics.announces}/0`, 10]]);
    const logs = new LogWatch(adminOf(ends), metrics.replicasMissing);
    const lag = async (): Promise<readonly string[]> => {
      await logs.measure();
      stages.measure(logs.endOf);
      return (await seriesOf(registry)).filter((line) =>
        line.startsWith('viblast_rollup_lag_records{group="rollup-partials"}'),
      );
    };
    expect(await lag()).toEqual(['viblast_rollup_lag_records{group="rollup-partials"} 10']);
    ends.set(`${topics.announces}/0`, 70_000);
    expect(await lag()).toEqual(['viblast_rollup_lag_records{group="rollup-partials"} 70000']);
    expect(await seriesOf(registry)).toContain(
      'viblast_rollup_kafka_replicas_missing{topic="announces"} 3',
    );
  });

  it('tell no lag in time of partitions that are another’s', async () => {
    const registry = new Registry();
    const metrics = createRollupMetrics(registry);
    let nowMs = 60_000;
    const stages = new Stages(testParts({ metrics, now: () => nowMs }));
    const reader = stages.openPartials(testPartition(topics.announces), wholeLog(0));
    await reader.read([mark(20_000)]);
    const lag = async (): Promise<readonly string[]> => {
      stages.measure(() => undefined);
      return (await seriesOf(registry)).filter((line) => line.includes('log_time_lag_seconds '));
    };
    expect(await lag()).toEqual(['viblast_rollup_log_time_lag_seconds 40']);
    reader.close();
    stages.tick();
    nowMs += 3_600_000;
    expect(await lag()).toEqual([]);
  });
});
