import { Type, type Static } from 'typebox';
import {
  emptyStream,
  optionsDepthError,
  type RegisteredStream,
  type StreamSettings,
} from '../../registry/index.js';
import { streamSorts, type StreamSort } from '../stream-pages.js';
import { CursorQuery, limitOf, nextCursor } from './page-shapes.js';

/**
 * Bodies are closed (an unknown field is a typing error to be told of); bounds are the registry's
 * to hold.
 */
const closed = { additionalProperties: false };

export const TokenKeyInput = Type.Object(
  {
    kid: Type.String(),
    secret: Type.Optional(
      Type.String({
        description:
          'base64url of 32 bytes at least, and these bytes sign join tokens (HS256), not the text; left out: the secret that this kid has already',
      }),
    ),
  },
  closed,
);

const changeableFields = {
  title: Type.Optional(Type.String({ description: 'for people; the key where empty or left out' })),
  origins: Type.Optional(
    Type.Array(Type.String(), { description: 'pages that may join, none: all' }),
  ),
  tokenKeys: Type.Optional(
    Type.Array(TokenKeyInput, {
      description: 'of join tokens (HS256), none: no token is asked for',
    }),
  ),
  renditions: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'qualities by name, such as hd, or hd=720p to count as 720p over all streams; none: the usual heights',
    }),
  ),
  countPlainSockets: Type.Optional(
    Type.Boolean({ description: 'whether WebTorrent sockets without a session count as viewers' }),
  ),
  options: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'of single features, such as webTorrent; in place of all that there were',
    }),
  ),
};

export const NewStream = Type.Object({ key: Type.String(), ...changeableFields }, closed);
export type NewStream = Static<typeof NewStream>;

export const StreamChange = Type.Object(
  { ...changeableFields, isArchived: Type.Optional(Type.Boolean()) },
  closed,
);
export type StreamChange = Static<typeof StreamChange>;

export const StreamAnswer = Type.Object(
  {
    key: Type.String(),
    title: Type.String(),
    origins: Type.Array(Type.String()),
    tokenKeys: Type.Array(Type.Object({ kid: Type.String() }), {
      description: 'secrets are never told',
    }),
    renditions: Type.Array(Type.String()),
    countPlainSockets: Type.Boolean(),
    isArchived: Type.Boolean(),
    options: Type.Record(Type.String(), Type.Unknown()),
    revision: Type.Integer(),
    createdAtMs: Type.Integer(),
    changedAtMs: Type.Integer(),
    changedBy: Type.String(),
  },
  { title: 'Stream' },
);
export type StreamAnswer = Static<typeof StreamAnswer>;

const name = { maxLength: 64 };

export const StreamListQuery = Type.Object({
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'words, each of which stands in the key, the title or a tag',
    }),
  ),
  tag: Type.Optional(Type.String(name)),
  group: Type.Optional(Type.String(name)),
  archived: Type.Optional(
    Type.Boolean({ description: 'archived streams alone; else those that are not' }),
  ),
  sort: Type.Optional(
    Type.Unsafe<StreamSort>({ type: 'string', enum: streamSorts, default: 'created' }),
  ),
  order: Type.Optional(
    Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'], default: 'asc' }),
  ),
  limit: limitOf(100),
  ...CursorQuery,
});

export const StreamList = Type.Object({
  streams: Type.Array(StreamAnswer),
  total: Type.Integer({ description: 'streams that were looked for, on all pages' }),
  nextCursor,
});

const changeFields = {
  atMs: Type.Integer(),
  actor: Type.String(),
  outcome: Type.String({ description: 'accepted, conflict, exists or invalid' }),
  expectedRevision: Type.Integer({ description: 'the revision that was to be changed' }),
  detail: Type.String({ description: 'why it was refused' }),
  changes: Type.Array(
    Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() }),
  ),
};

export const HistoryAnswer = Type.Object({
  entries: Type.Array(Type.Object(changeFields)),
  nextCursor,
});
export type HistoryAnswer = Static<typeof HistoryAnswer>;

export const ChangesQuery = Type.Object({
  group: Type.Optional(
    Type.String({
      ...name,
      description: 'of streams that are of it, or were when they were deleted',
    }),
  ),
  actor: Type.Optional(
    Type.String({ maxLength: 200, description: 'made by whom, such as user:ann or token:ci' }),
  ),
  limit: limitOf(50),
  ...CursorQuery,
});

export const ChangesAnswer = Type.Object({
  entries: Type.Array(
    Type.Object({ key: Type.String({ description: 'of the stream' }), ...changeFields }),
  ),
  nextCursor,
});
export type ChangesAnswer = Static<typeof ChangesAnswer>;

export const GroupList = Type.Object({
  groups: Type.Array(
    Type.Object({
      name: Type.String(),
      streams: Type.Integer({ description: 'streams that are not archived' }),
    }),
  ),
});
export type GroupList = Static<typeof GroupList>;

/** A stream as the API tells it: its token keys without their secrets. */
export function streamAnswer(stream: RegisteredStream): StreamAnswer {
  const { key, title, renditions, origins, countPlainSockets, isArchived, options } = stream;
  const { revision, createdAtMs, changedAtMs, changedBy } = stream;
  return {
    key,
    title,
    origins: [...origins],
    tokenKeys: stream.tokenKeys.map(({ kid }) => ({ kid })),
    renditions: [...renditions],
    countPlainSockets,
    isArchived,
    options,
    revision,
    createdAtMs,
    changedAtMs,
    changedBy,
  };
}

export type ChangedSettings =
  | { readonly ok: true; readonly settings: StreamSettings }
  | { readonly ok: false; readonly field: string; readonly message: string };

/** The settings of a stream that is to be created. */
export function newSettings(input: NewStream): ChangedSettings {
  return changedSettings({ ...emptyStream(input.key), title: input.key }, input);
}

/** The key where nothing of the title could be seen: nobody finds a stream by a gap. */
function titleOf(title: string, key: string): string {
  return /^[\p{Z}\p{Cf}]*$/u.test(title) ? key : title;
}

/** The present settings with the given fields in place of theirs. */
export function changedSettings(present: StreamSettings, change: StreamChange): ChangedSettings {
  const { key, title, origins, renditions, countPlainSockets, isArchived } = present;
  const tooDeep = optionsDepthError(change.options ?? {});
  if (tooDeep !== undefined) return { ok: false, field: 'options', message: tooDeep };
  const tokenKeys: { kid: string; secret: string }[] = [];
  for (const [index, input] of (change.tokenKeys ?? present.tokenKeys).entries()) {
    const secret = input.secret ?? present.tokenKeys.find(({ kid }) => kid === input.kid)?.secret;
    if (secret === undefined) {
      const field = `tokenKeys[${index}].secret`;
      return { ok: false, field, message: `${field}: needed, as this kid is new` };
    }
    tokenKeys.push({ kid: input.kid, secret });
  }
  return {
    ok: true,
    settings: {
      key,
      title: change.title === undefined ? title : titleOf(change.title, key),
      origins: change.origins ?? origins,
      tokenKeys,
      renditions: change.renditions ?? renditions,
      countPlainSockets: change.countPlainSockets ?? countPlainSockets,
      isArchived: change.isArchived ?? isArchived,
      options: change.options ?? present.options,
    },
  };
}
