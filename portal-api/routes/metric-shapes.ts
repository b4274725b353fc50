import { Type, type Static } from 'typebox';
import { portalLimits } from '../limits.js';
import { facetFigureNames, type FacetFigures } from '../metrics/facet-figures.js';
import { figureNames, kindNames, kindTable } from '../metrics/figure-table.js';
import type { HoldbackVerdict } from '../metrics/holdback-verdict.js';
import type { NowState } from '../metrics/live-figures.js';
import type { RangeSeries } from '../metrics/range-series.js';
import { CursorQuery } from './page-shapes.js';
import { orNull } from './or-null.js';

const NumberOrNull = orNull(Type.Number());
const TimeOrNull = orNull(Type.Integer());
const Values = Type.Array(NumberOrNull);
const ByName = Type.Record(Type.String(), Values);

const AtLeast = Type.Array(Type.String(), {
  description:
    'JSON Pointers (RFC 6901), from the object that this stands in, to those of its figures that mean at least what they tell: a sum beyond 9007199254740990 stands as that; ratios of such sums are null',
});

const State = Type.Unsafe<NowState>({
  type: 'string',
  enum: ['current', 'idle', 'late', 'stale', 'no_data', 'unread'] satisfies NowState[],
  description:
    'current: somebody watched in the last minute; idle: nobody did, and that is known; late: what counts this subject is behind, so nothing is known since closedUntilMs; stale: all is, for over 3 minutes; no_data: nothing was ever told in this range; unread: of a list of many streams, this portal has just begun or Graphite was away, and it has not read this one yet',
});

export const freshnessFields = {
  state: State,
  closedUntilMs: orNull(Type.Integer(), {
    description: 'the end of the last minute that is known; null: none is',
  }),
};

const rangeFields = {
  intervalMs: Type.Integer({ description: "a minute's length" }),
  ...freshnessFields,
  lastMinuteAtMs: orNull(Type.Integer(), {
    description: 'start of the last minute with figures',
  }),
};

const fields = (names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Values])));

export const MetricsAnswer = Type.Object(
  {
    subject: Type.Object({
      kind: Type.Unsafe<'stream' | 'group' | 'total'>({
        type: 'string',
        enum: ['stream', 'group', 'total'],
      }),
      name: orNull(Type.String(), { description: 'null: all streams' }),
    }),
    ...rangeFields,
    stepMs: Type.Integer({ description: 'what each value is of; a multiple of intervalMs' }),
    times: Type.Array(Type.Integer(), { description: 'starts of the steps, Unix ms' }),
    series: Type.Unsafe<Partial<RangeSeries>>(
      Type.Partial(
        Type.Object({
          ...fields(figureNames).properties,
          ...Object.fromEntries(kindNames.map((name) => [name, fields(kindTable[name].kinds)])),
          viewersByQuality: ByName,
          browsers: ByName,
          browsersByQuality: Type.Record(Type.String(), ByName),
          bytesByQuality: Type.Record(
            Type.String(),
            Type.Object({ cdnBytes: Values, peerBytes: Values }),
          ),
        }),
        {
          description:
            'one value a step, beside times: sums over its minutes, means of viewers; null where any minute is not known, or there is nothing to tell',
        },
      ),
    ),
    atLeast: AtLeast,
  },
  { title: 'Metrics' },
);
export type MetricsAnswer = Static<typeof MetricsAnswer>;

export const NowRow = Type.Object({
  key: Type.String(),
  title: Type.String(),
  renditions: Type.Array(Type.String()),
  isArchived: Type.Boolean(),
  groups: Type.Array(Type.String()),
  tags: Type.Array(Type.String()),
  ...nowFields(),
});
export type NowRow = Static<typeof NowRow>;

export const NowTotal = Type.Object(nowFields());
export type NowTotal = Static<typeof NowTotal>;

function nowFields() {
  const known = { description: 'null: not known' };
  return {
    ...freshnessFields,
    viewers: orNull(Type.Number(), known),
    viewersByQuality: Type.Record(Type.String(), Type.Number()),
    cdnBytes: orNull(Type.Number(), known),
    peerBytes: orNull(Type.Number(), known),
    offload: orNull(Type.Number(), {
      description:
        'peer bytes among those from the CDN and from peers, 0 … 1; null when there were none',
    }),
    minuteAtMs: TimeOrNull,
    viewersHistory: Values,
    atLeast: AtLeast,
  };
}

export const NowAnswer = Type.Object(
  {
    ...rangeFields,
    times: Type.Array(Type.Integer(), { description: 'starts of the minutes of viewersHistory' }),
    total: NowTotal,
    streams: Type.Array(NowRow),
    count: Type.Integer({ description: 'of all streams that are asked for' }),
    unread: Type.Integer({ description: 'how many of them are unread; they come within seconds' }),
    nextCursor: orNull(Type.String()),
  },
  { title: 'Now' },
);
export type NowAnswer = Static<typeof NowAnswer>;

export const PeakAnswer = Type.Object(
  {
    intervalMs: rangeFields.intervalMs,
    closedUntilMs: freshnessFields.closedUntilMs,
    viewers: orNull(Type.Number(), { description: 'null: no minute is known' }),
    atMs: orNull(Type.Integer(), { description: 'start of the minute' }),
    fromMs: Type.Integer({ description: 'of what is before there are no minutes any more' }),
    atLeast: AtLeast,
  },
  { title: 'Peak' },
);
export type PeakAnswer = Static<typeof PeakAnswer>;

const FacetFiguresAnswer = Type.Unsafe<FacetFigures>(
  Type.Object({
    value: Type.String({ description: 'untold: what is left of the stream' }),
    ...Object.fromEntries(facetFigureNames.map((name) => [name, NumberOrNull])),
    atLeast: AtLeast,
  }),
);

export const FacetAnswer = Type.Object(
  {
    facet: Type.String(),
    closedUntilMs: freshnessFields.closedUntilMs,
    fromMs: Type.Integer(),
    untilMs: Type.Integer(),
    knownFromMs: orNull(Type.Integer(), {
      description:
        'the figures are since then: before it the stream did not ask for the facet; null: nothing is known of this range',
    }),
    values: Type.Array(FacetFiguresAnswer),
  },
  { title: 'Facet' },
);
export type FacetAnswer = Static<typeof FacetAnswer>;

const HoldbackGroup = Type.Union([FacetFiguresAnswer, Type.Null()], {
  description: 'null: nobody was in it',
});

export const HoldbackAnswer = Type.Object(
  {
    percent: Type.Number({ description: 'of sessions that get no peers, as it is set now' }),
    closedUntilMs: freshnessFields.closedUntilMs,
    fromMs: Type.Integer(),
    untilMs: Type.Integer(),
    withPeers: HoldbackGroup,
    heldBack: HoldbackGroup,
    verdicts: Type.Array(
      Type.Object({
        figure: Type.Unsafe<HoldbackVerdict['figure']>({
          type: 'string',
          enum: ['stall_ratio', 'startup', 'bitrate'],
        }),
        verdict: Type.Unsafe<HoldbackVerdict['verdict']>({
          type: 'string',
          enum: ['better', 'worse', 'unclear'],
          description: 'what peers do to it',
        }),
        difference: NumberOrNull,
        low: NumberOrNull,
        high: NumberOrNull,
      }),
    ),
  },
  { title: 'Holdback' },
);
export type HoldbackAnswer = Static<typeof HoldbackAnswer>;

const time = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: portalLimits.timeMsMax, description }));

export const TimesQuery = Type.Object({
  from: time('Unix ms; an hour ago'),
  until: time('Unix ms, excluded; now'),
});
export type TimesQuery = Static<typeof TimesQuery>;

export const RangeQuery = Type.Object({
  ...TimesQuery.properties,
  stepMsMin: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: portalLimits.timeMsMax,
      description:
        'steps are at least so long, as those of another range that this one is compared with; the finest that there are',
    }),
  ),
  series: Type.Optional(
    Type.String({
      maxLength: 1_000,
      description: 'names of series with commas between, such as viewers,cdnBytes; all of them',
    }),
  ),
  format: Type.Optional(
    Type.Union([Type.Literal('json'), Type.Literal('csv')], {
      description:
        'csv: the column at_least names those of its line that mean at least what they tell, with semicolons between; state and closedUntilMs are the headers viblast-state and viblast-closed-until-ms, the latter left out where nothing is known',
    }),
  ),
});
export type RangeQuery = Static<typeof RangeQuery>;

const flag = Type.Optional(Type.Boolean());
const text = Type.Optional(Type.String({ maxLength: 200 }));

export const NowQuery = Type.Object({
  search: text,
  group: text,
  tag: text,
  archived: flag,
  sort: Type.Optional(
    Type.Union([
      Type.Literal('key'),
      Type.Literal('title'),
      Type.Literal('viewers'),
      Type.Literal('offload'),
    ]),
  ),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: portalLimits.rowsMax })),
  ...CursorQuery,
});
export type NowQuery = Static<typeof NowQuery>;

export const LiveQuery = Type.Object({
  streams: Type.Optional(Type.String({ description: 'keys, each encoded, with commas between' })),
  total: flag,
});
