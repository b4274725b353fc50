import { Type, type Static } from 'typebox';
import { portalLimits } from '../limits.js';

const Values = Type.Array(Type.Union([Type.Number(), Type.Null()]));
const ByName = Type.Record(Type.String(), Values);

const progressFields = {
  intervalMs: Type.Integer({ description: "a minute's length" }),
  state: Type.Union(
    [Type.Literal('current'), Type.Literal('idle'), Type.Literal('stale'), Type.Literal('no_data')],
    {
      description:
        'current: somebody watched in the last minute; idle: nobody did; stale: for over 3 minutes nothing has been told, so nothing is known; no_data: nothing was told in this range',
    },
  ),
  lastMinuteAtMs: Type.Union([Type.Integer(), Type.Null()], {
    description: 'start of the last minute with figures',
  }),
  times: Type.Array(Type.Integer(), { description: 'starts of the minutes, Unix ms' }),
};

export const MetricsAnswer = Type.Object(
  {
    stream: Type.Union([Type.String(), Type.Null()], { description: 'null: all streams' }),
    ...progressFields,
    series: Type.Object(
      {
        viewers: Values,
        viewersAverage: Values,
        viewersByQuality: ByName,
        browsers: ByName,
        browsersByQuality: Type.Record(Type.String(), ByName),
        cdnBytes: Values,
        peerBytes: Values,
        uploadedBytes: Values,
        bytesByQuality: Type.Record(
          Type.String(),
          Type.Object({ cdnBytes: Values, peerBytes: Values }),
        ),
        stalls: Values,
        stallRatio: Values,
        startupP50Ms: Values,
        startupP95Ms: Values,
      },
      { description: 'one value a minute, beside times; null: not known, or nothing to tell' },
    ),
  },
  { title: 'Metrics' },
);
export type MetricsAnswer = Static<typeof MetricsAnswer>;

const NumberOrNull = Type.Union([Type.Number(), Type.Null()], { description: 'null: not known' });

const nowFields = {
  viewers: NumberOrNull,
  viewersByQuality: Type.Record(Type.String(), Type.Number()),
  cdnBytes: NumberOrNull,
  peerBytes: NumberOrNull,
  offload: Type.Union([Type.Number(), Type.Null()], {
    description: 'peer bytes among all, 0 … 1; null when there were none',
  }),
  minuteAtMs: Type.Union([Type.Integer(), Type.Null()]),
  viewersHistory: Values,
};

export const NowAnswer = Type.Object(
  {
    ...progressFields,
    total: Type.Object(nowFields),
    streams: Type.Array(
      Type.Object({
        key: Type.String(),
        title: Type.String(),
        renditions: Type.Array(Type.String()),
        ...nowFields,
      }),
    ),
  },
  { title: 'Now' },
);
export type NowAnswer = Static<typeof NowAnswer>;

const time = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: portalLimits.timeMsMax, description }));

export const RangeQuery = Type.Object({
  from: time('Unix ms; an hour ago'),
  until: time('Unix ms, excluded; now'),
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
});
export type RangeQuery = Static<typeof RangeQuery>;
