import { closedMetric } from '../../../graphite/index.js';
import { writeWhisper, whisperPath, type Aggregation } from './whisper-file.js';

export const prefix = 'viblast';
export const liveMinutes = 60;
const dayMinutes = 1_440;
const monthMinutes = 30 * dayMinutes;
const qualities = ['1080p', '720p', '480p', '360p'];
const browsers = ['Chrome', 'Firefox', 'Safari', 'Edge', 'Other'];
const startupBins = [500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000, 'inf'].map(
  (end) => `bin_${end}`,
);

/** What a stream that is only in the list has: all that the list asks for. */
const listMetrics = [
  'viewers',
  'bytes.cdn',
  'bytes.p2p',
  'viewers_by_quality.720p',
  'viewers_by_quality.360p',
];

/** A day, and some more for the time that passes before it is asked for. */
const groupMinutes = dayMinutes + 60;
/** What a stream of a group has: all that is summed up above the list, and its qualities. */
const groupMetrics = [
  'viewers',
  'viewers_average',
  'stalled_ms',
  'stall_ratio',
  'played_bits',
  'played_bitrate_ms',
  'bitrate_kbps',
  'startup_ms.p50',
  'startup_ms.p95',
  ...below('bytes', ['cdn', 'p2p', 'uploaded']),
  ...below('views', ['begun', 'played']),
  'starts.failed',
  ...below('bytes.cdn_by_reason', ['alone', 'policy', 'starting', 'unconnected', 'connected']),
  'viewers_by_quality.720p',
];

/** What a stream that is looked at has: all of docs/graphite.md#metrics. */
const allMetrics = [
  'viewers',
  'viewers_average',
  'stalls',
  'stalled_ms',
  'stall_ratio',
  'played_bits',
  'played_bitrate_ms',
  'bitrate_kbps',
  'quality_switches',
  'startup_ms.p50',
  'startup_ms.p95',
  'latency_ms.p50',
  'latency_ms.p95',
  'playbacks.failed',
  ...below('bytes', ['cdn', 'p2p', 'uploaded', 'seeders']),
  ...below('views', ['begun', 'played']),
  ...below('starts', ['failed', 'given_up']),
  ...below('connections', ['tried', 'made']),
  ...below('errors', ['network', 'media', 'drm', 'player', 'other']),
  ...below('state_ms', ['starting', 'seeking', 'paused', 'waiting']),
  ...below('bytes.cdn_by_reason', ['alone', 'policy', 'starting', 'unconnected', 'connected']),
  ...below('startup_ms.histogram', startupBins),
  ...below('browsers', browsers),
  ...below('viewers_by_quality', qualities),
  ...qualities.flatMap((quality) => [
    ...below(`bytes_by_quality.${quality}`, ['cdn', 'p2p']),
    ...below(`browsers_by_quality.${quality}`, browsers),
  ]),
];

function below(group: string, names: readonly string[]): string[] {
  return names.map((name) => `${group}.${name}`);
}

export interface MadeStreams {
  /** In the list, each with an hour of minutes. */
  readonly listed: readonly string[];
  /** With every metric over 30 days. */
  readonly long: readonly string[];
  /** Of one group, each with a day of minutes. */
  readonly grouped: readonly string[];
  readonly partialPartitions: number;
}

/**
 * Writes the files of all streams, of all together and of what is closed, up to `untilS`. Returns
 * how many.
 */
export function writeFigures(root: string, untilS: number, made: MadeStreams): number {
  const monthS = untilS - monthMinutes * 60;
  const hourS = untilS - liveMinutes * 60;
  let files = 0;
  const write = (metric: string, fromS: number, minutes: number, seed: number): void => {
    const values = new Float64Array(minutes);
    for (let minute = 0; minute < minutes; minute += 1) values[minute] = valueAt(seed, minute);
    writeWhisper(whisperPath(root, metric), aggregationOf(metric), fromS, values);
    files += 1;
  };
  for (const [seed, stream] of made.listed.entries()) {
    for (const metric of listMetrics) {
      write(`${prefix}.streams.${stream}.${metric}`, hourS, liveMinutes, seed);
    }
  }
  for (const [seed, stream] of made.grouped.entries()) {
    for (const metric of groupMetrics) {
      const name = `${prefix}.streams.${stream}.${metric}`;
      write(name, untilS - groupMinutes * 60, groupMinutes, seed);
    }
  }
  const bases = [`${prefix}.total`, ...made.long.map((stream) => `${prefix}.streams.${stream}`)];
  for (const [seed, base] of bases.entries()) {
    for (const metric of allMetrics) write(`${base}.${metric}`, monthS, monthMinutes, seed);
  }
  const ones = new Float64Array(monthMinutes).fill(1);
  for (let partition = 0; partition < made.partialPartitions; partition += 1) {
    const metric = closedMetric(prefix, partition);
    writeWhisper(whisperPath(root, metric), 'sum', monthS, ones);
    files += 1;
  }
  return files;
}

/** What carbon is told of one more minute. */
export function minuteOfFigures(timeS: number, made: MadeStreams) {
  const point = (metric: string, value: number) => ({ metric, value, timeS });
  const minute = timeS / 60;
  const ofStreams = (streams: readonly string[], metrics: readonly string[]) =>
    streams.flatMap((stream, seed) =>
      metrics.map((metric) =>
        point(`${prefix}.streams.${stream}.${metric}`, valueAt(seed, minute)),
      ),
    );
  return [
    ...ofStreams(made.listed, listMetrics),
    ...ofStreams(made.grouped, groupMetrics),
    ...listMetrics.map((metric) => point(`${prefix}.total.${metric}`, valueAt(1, minute))),
    ...Array.from({ length: made.partialPartitions }, (_, partition) =>
      point(closedMetric(prefix, partition), 1),
    ),
  ];
}

/** As deploy/graphite/storage-aggregation.conf says it. */
function aggregationOf(metric: string): Aggregation {
  const sums = /\.(bytes|bytes_by_quality|views|starts|errors|state_ms|connections|histogram)\./;
  if (sums.test(metric) || /\.(stalled_ms|played_\w+)$/.test(metric)) return 'sum';
  return /\.(viewers|viewers_average|viewers_by_quality\.\w+|browsers.*)$/.test(metric)
    ? 'avg_zero'
    : 'average';
}

/** A figure that goes up and down by the day, with as many digits as real ones. */
function valueAt(seed: number, minute: number): number {
  return Math.round(500 + (seed % 97) + 400 * Math.sin((minute / 1_440) * 2 * Math.PI));
}
