import type { ComponentChildren } from 'preact';
import { cdnReasons, errorKinds, type MetricsAnswer, type Values } from '../api/shapes.js';
import type { ChartSeries, ChartTimes } from '../charts/series.js';
import { shares } from '../charts/stacking.js';
import { TimeChart } from '../charts/time-chart.js';
import {
  bitrate,
  bytes,
  bytesPerSecond,
  count,
  milliseconds,
  percent,
  shortCount,
} from '../format.js';
import { orderedQualities, qualityColours } from '../qualities.js';
import { sumOf } from './sums.js';
import { told, type Told } from './told.js';
import { mainReason, reasonTexts } from './why-not-more.js';

interface ChartsProps {
  readonly metrics: MetricsAnswer<'charts'>;
  readonly shared: ChartTimes;
  /** The stream's own names of qualities, in its order. */
  readonly renditions: readonly string[];
  /** What stands beside the start-up. */
  readonly startups: ComponentChildren;
}

/** All charts of a subject: who watches, where the bytes come from and why, how well it goes. */
export function SubjectCharts(props: ChartsProps) {
  return (
    <>
      <AudienceCharts {...props} />
      <TrafficCharts {...props} />
      <WhyNotMore {...props} />
      <ComfortCharts {...props} />
      <TroubleCharts {...props} />
    </>
  );
}

function AudienceCharts({ metrics, shared, renditions }: ChartsProps) {
  const { series, stepMs, intervalMs } = metrics;
  const qualities = orderedQualities(Object.keys(series.viewersByQuality), renditions);
  const colours = qualityColours(qualities, renditions);
  const mean = stepMs === intervalMs ? '' : ', mean of each step';
  return (
    <>
      <TimeChart
        {...shared}
        isWide
        title="Viewers"
        note={`sessions that reported in the minute${mean}`}
        kind="lines"
        series={[
          { name: 'Viewers', colour: '--accent', ...told(metrics, series.viewers, 'viewers') },
        ]}
        format={count}
        axisFormat={shortCount}
      />
      <TimeChart
        {...shared}
        title="Viewers by quality"
        note="by the rendition that they played last in the minute"
        kind="stack"
        series={qualities.map((name) => ({
          name,
          colour: colours.get(name) ?? '--quality-other',
          ...told(metrics, series.viewersByQuality[name] ?? [], 'viewersByQuality', name),
        }))}
        format={count}
        axisFormat={shortCount}
      />
    </>
  );
}

function TrafficCharts({ metrics, shared }: ChartsProps) {
  const { series } = metrics;
  const layers = [
    { name: 'Peers', colour: '--peer', ...perSecond(metrics, series.peerBytes, 'peerBytes') },
    { name: 'CDN', colour: '--cdn', ...perSecond(metrics, series.cdnBytes, 'cdnBytes') },
  ];
  const offload = shares(series.cdnBytes, series.peerBytes);
  return (
    <TimeChart
      {...shared}
      title="CDN and peers"
      note="bytes received a second (1 MB is 1,000,000 bytes); offload is the peers' share of both"
      kind="stack"
      series={layers}
      share={{ name: 'Offload', colour: '--text', values: offload, isDashed: true }}
      format={bytesPerSecond}
      axisFormat={bytesPerSecond}
    />
  );
}

function WhyNotMore({ metrics, shared }: ChartsProps) {
  const { cdnByReason } = metrics.series;
  const layers = cdnReasons.map((reason) => ({
    name: reasonTexts[reason].name,
    colour: `--reason-${reason}`,
    ...perSecond(metrics, cdnByReason[reason], 'cdnByReason', reason),
  }));
  return (
    <section class="why" aria-label="Why not more from peers">
      <TimeChart
        {...shared}
        title="Why not more from peers"
        note="bytes from the CDN a second, by why they came from there"
        kind="stack"
        series={layers}
        format={bytesPerSecond}
        axisFormat={bytesPerSecond}
      />
      <WhySentence metrics={metrics} />
    </section>
  );
}

/** Why most of the CDN's bytes came from there, and what changes it. */
export function WhySentence({ metrics }: { readonly metrics: MetricsAnswer<'overview'> }) {
  const main = mainReason(metrics.series.cdnByReason);
  if (main === undefined) return null;
  const { meaning, advice } = reasonTexts[main.reason];
  const all = sumOf(metrics.series.cdnByReason[main.reason]);
  return (
    <p class="why-sentence">
      <strong>
        {percent(main.share)} of what the CDN sent ({bytes(all)})
      </strong>{' '}
      went there because {meaning}. {advice}
    </p>
  );
}

function ComfortCharts({ metrics, shared, startups }: ChartsProps) {
  const { series } = metrics;
  return (
    <>
      <TimeChart
        {...shared}
        title="Start-up"
        note="time till the first frame"
        kind="lines"
        series={quantiles(series.startupP50Ms, series.startupP95Ms)}
        topMin={1_000}
        format={milliseconds}
        axisFormat={milliseconds}
      />
      {startups}
      <TimeChart
        {...shared}
        title="Stalls"
        note="the share of the time watched that stood still"
        kind="lines"
        topMin={0.01}
        series={[{ name: 'Stalled', colour: '--error', values: series.stallRatio }]}
        format={percent}
        axisFormat={percent}
      />
      <TimeChart
        {...shared}
        title="Delay"
        note="behind the live edge"
        kind="lines"
        series={quantiles(series.latencyP50Ms, series.latencyP95Ms)}
        topMin={1_000}
        format={milliseconds}
        axisFormat={milliseconds}
      />
      <TimeChart
        {...shared}
        title="Bitrate"
        note="kbit/s of what was played, mean by time"
        kind="lines"
        series={[{ name: 'Bitrate', colour: '--accent', values: series.bitrateKbps }]}
        format={bitrate}
        axisFormat={shortCount}
      />
    </>
  );
}

function TroubleCharts({ metrics, shared }: ChartsProps) {
  const { series } = metrics;
  return (
    <>
      <TimeChart
        {...shared}
        title="Errors"
        note="that players told, by kind"
        kind="stack"
        series={errorKinds.map((kind) => ({
          name: kind === 'drm' ? 'DRM' : `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`,
          colour: `--error-${kind}`,
          ...told(metrics, series.errors[kind], 'errors', kind),
        }))}
        format={count}
        axisFormat={shortCount}
      />
      <TimeChart
        {...shared}
        title="Views that went wrong"
        note="starts that failed or were given up, and playbacks that broke off"
        kind="stack"
        series={failures(metrics)}
        format={count}
        axisFormat={shortCount}
      />
    </>
  );
}

function failures(metrics: MetricsAnswer<'charts'>): readonly ChartSeries[] {
  const of = (name: 'startsFailed' | 'startsGivenUp' | 'playbacksFailed'): Told =>
    told(metrics, metrics.series[name], name);
  return [
    { name: 'Start failed', colour: '--error-network', ...of('startsFailed') },
    { name: 'Given up', colour: '--error-media', ...of('startsGivenUp') },
    { name: 'Broke off', colour: '--error-player', ...of('playbacksFailed') },
  ];
}

function perSecond(
  metrics: MetricsAnswer<'charts'>,
  values: Values,
  ...path: readonly string[]
): Told {
  const seconds = metrics.stepMs / 1_000;
  const rates = values.map((value) => (value === null ? null : value / seconds));
  return { ...told(metrics, values, ...path), values: rates };
}

function quantiles(p50: Values, p95: Values): readonly ChartSeries[] {
  return [
    { name: 'Half are within', colour: '--accent', values: p50 },
    { name: '95% are within', colour: '--second', values: p95, isDashed: true },
  ];
}
