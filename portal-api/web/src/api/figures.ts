import type { ListQuery, Subject } from '../place.js';
import { addressInApi, call, named, queryOf, type Answer } from './call.js';
import {
  seriesOf,
  type FacetAnswer,
  type HoldbackAnswer,
  type MetricsAnswer,
  type NowAnswer,
  type PeakAnswer,
  type SeriesSet,
  type SystemAnswer,
} from './shapes.js';

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

export const pageLength = 100;

export function fetchNow(list: ListQuery, signal: AbortSignal): Promise<Answer<NowAnswer>> {
  const { search, group, tag, sort, order, cursor } = list;
  const archived = list.isArchived ? true : undefined;
  const query = queryOf({ search, group, tag, archived, sort, order, limit: pageLength, cursor });
  return call(`/now${query}`, {}, signal);
}

export function fetchMetrics<Set extends SeriesSet>(
  subject: Subject,
  span: Span,
  set: Set,
  signal: AbortSignal,
  /** Of no shorter steps; 0: in the finest that there are. */
  stepMsMin = 0,
): Promise<Answer<MetricsAnswer<Set>>> {
  const steps = stepMsMin === 0 ? '' : `&stepMsMin=${stepMsMin}`;
  const series = `&series=${seriesOf[set].join(',')}`;
  return call(metricsPath(subject, span) + steps + series, {}, signal);
}

export function fetchPeak(
  subject: Subject,
  span: Span,
  signal: AbortSignal,
): Promise<Answer<PeakAnswer>> {
  return call(`${subjectPath(subject)}/peak${spanQuery(span)}`, {}, signal);
}

/** Where all figures are as CSV. */
export function csvAddress(subject: Subject, span: Span): string {
  return addressInApi(`${metricsPath(subject, span)}&format=csv`);
}

export function fetchFacet(
  key: string,
  facet: string,
  span: Span,
  signal: AbortSignal,
): Promise<Answer<FacetAnswer>> {
  const path = `/streams/${named(key)}/facets/${named(facet)}`;
  return call(path + spanQuery(span), {}, signal);
}

export function fetchHoldback(
  key: string,
  span: Span,
  signal: AbortSignal,
): Promise<Answer<HoldbackAnswer>> {
  return call(`/streams/${named(key)}/holdback${spanQuery(span)}`, {}, signal);
}

export function fetchSystem(signal: AbortSignal): Promise<Answer<SystemAnswer>> {
  return call('/system', {}, signal);
}

/** Where new minutes are told of as server-sent events. */
export function liveAddress(keys: readonly string[], hasTotal: boolean): string {
  const total = hasTotal ? true : undefined;
  return addressInApi(`/live${queryOf({ streams: keys.map(named).join(','), total })}`);
}

function metricsPath(subject: Subject, span: Span): string {
  return `${subjectPath(subject)}/metrics${spanQuery(span)}`;
}

function subjectPath(subject: Subject): string {
  switch (subject.kind) {
    case 'total':
      return '/total';
    case 'group':
      return `/groups/${named(subject.name)}`;
    case 'stream':
      return `/streams/${named(subject.name)}`;
  }
}

function spanQuery({ fromMs, untilMs }: Span): string {
  return queryOf({ from: fromMs, until: untilMs });
}
