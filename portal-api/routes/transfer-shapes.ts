import { Type, type Static } from 'typebox';
import { portalLimits } from '../limits.js';
import { StreamAnswer, StreamChange, TokenKeyInput } from './stream-shapes.js';

const closed = { additionalProperties: false };

const ImportedStream = Type.Object({ key: Type.String(), ...StreamChange.properties }, closed);
export type ImportedStream = Static<typeof ImportedStream>;

export const ImportBody = Type.Object(
  {
    version: Type.Optional(Type.Literal(1)),
    streams: Type.Array(ImportedStream, {
      maxItems: portalLimits.importStreamsMax,
      description: 'as an export has them; of a stream that is there, what is left out stays',
    }),
    dryRun: Type.Optional(Type.Boolean({ description: 'tells what would come of it' })),
  },
  closed,
);

export const ImportAnswer = Type.Object({
  results: Type.Array(
    Type.Object({
      key: Type.String(),
      outcome: Type.String({
        description: "created, changed, unchanged, not_tried, or a problem's code",
      }),
      detail: Type.String(),
    }),
    { description: 'of each stream, in the order of the request' },
  ),
});
export type ImportAnswer = Static<typeof ImportAnswer>;
export type ImportResult = ImportAnswer['results'][number];

const { key, title, origins, renditions, countPlainSockets, isArchived, options } =
  StreamAnswer.properties;
const tokenKeys = Type.Array(TokenKeyInput);

const ExportedStream = Type.Object({
  key,
  title,
  origins,
  tokenKeys,
  renditions,
  countPlainSockets,
  isArchived,
  options,
});
export type ExportedStream = Static<typeof ExportedStream>;

export const ExportAnswer = Type.Object({
  version: Type.Literal(1),
  streams: Type.Array(ExportedStream),
});
