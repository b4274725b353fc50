import type { StreamAnswer } from '../api/shapes.js';
import { labelLines, labelsIn } from './label-lines.js';
import { fieldsOf, graphiteFacetsOf, textsOf, type Options } from './stream-options.js';

/** A stream's settings as a form has them: text, or a tick. */
export type Draft = Readonly<Record<DraftField, string | boolean>>;

/** What the form has, in its order; `at` is what the API names in a refusal. */
export const draftFields = {
  title: { label: 'Title', at: 'title' },
  groups: { label: 'Groups', at: 'options.groups' },
  tags: { label: 'Tags', at: 'options.tags' },
  origins: { label: 'Pages that may join', at: 'origins' },
  countPlainSockets: { label: 'Count plain WebTorrent sockets', at: 'countPlainSockets' },
  renditions: { label: 'Renditions', at: 'renditions' },
  peers: { label: 'Viewers get peers', at: 'options.policy.peers' },
  give: { label: 'Viewers give to others', at: 'options.policy.give' },
  cellular: { label: 'Also on cellular', at: 'options.policy.cellular' },
  peersMax: { label: 'Most peers of a viewer', at: 'options.policy.peersMax' },
  uploadKbpsMax: { label: 'Most upload of a viewer, kbit/s', at: 'options.policy.uploadKbpsMax' },
  viewersMin: { label: 'Peers from so many viewers on', at: 'options.policy.viewersMin' },
  holdbackPercent: { label: 'Held back, % of sessions', at: 'options.policy.holdbackPercent' },
  labels: { label: 'Labels', at: 'options.labels' },
  graphiteFacets: { label: 'Facets in Graphite', at: 'options.graphiteFacets' },
  infoHashes: { label: 'Info hashes', at: 'options.webTorrent.infoHashes' },
  refuseUnknownInfoHashes: {
    label: 'Refuse other info hashes',
    at: 'options.webTorrent.refuseUnknownInfoHashes',
  },
} as const;
export type DraftField = keyof typeof draftFields;
export const draftFieldNames = Object.keys(draftFields) as readonly DraftField[];

const policyTicks = ['peers', 'give', 'cellular'] as const;
const policyNumbers = ['peersMax', 'uploadKbpsMax', 'viewersMin', 'holdbackPercent'] as const;

export function draftOf({
  title,
  origins,
  renditions,
  countPlainSockets,
  options,
}: DraftSource): Draft {
  const policy = fieldsOf(options['policy']);
  const webTorrent = fieldsOf(options['webTorrent']);
  const tick = (name: string): boolean => policy[name] !== false;
  const number = (name: string): string =>
    typeof policy[name] === 'number' ? String(policy[name]) : '';
  return {
    title,
    groups: textsOf(options['groups']).join(', '),
    tags: textsOf(options['tags']).join(', '),
    origins: origins.join('\n'),
    countPlainSockets,
    renditions: renditions.join('\n'),
    peers: tick('peers'),
    give: tick('give'),
    cellular: tick('cellular'),
    peersMax: number('peersMax'),
    uploadKbpsMax: number('uploadKbpsMax'),
    viewersMin: number('viewersMin'),
    holdbackPercent: number('holdbackPercent'),
    labels: labelLines(fieldsOf(options['labels'])),
    graphiteFacets: textsOf(options['graphiteFacets']).join(', '),
    infoHashes: Object.entries(fieldsOf(webTorrent['infoHashes']))
      .map(([infoHash, quality]) => `${infoHash} ${String(quality)}`.trim())
      .join('\n'),
    refuseUnknownInfoHashes: webTorrent['refuseUnknownInfoHashes'] === true,
  };
}

type DraftSource = Pick<
  StreamAnswer,
  'title' | 'origins' | 'renditions' | 'countPlainSockets' | 'options'
>;

/** The fields in which two drafts differ. */
export function changedFields(one: Draft, other: Draft): readonly DraftField[] {
  return draftFieldNames.filter((field) => one[field] !== other[field]);
}

/**
 * The change that makes a stream what the draft says: the fields that differ alone, and within the
 * options all that this form doesn't know as it is.
 */
export function changeOf(draft: Draft, stream: StreamAnswer): Readonly<Record<string, unknown>> {
  const fields = new Set(changedFields(draft, draftOf(stream)));
  const plain = {
    title: text(draft.title).trim(),
    origins: linesOf(draft.origins),
    renditions: linesOf(draft.renditions),
    countPlainSockets: draft.countPlainSockets,
  };
  const change: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(plain)) {
    if (fields.delete(field as DraftField)) change[field] = value;
  }
  if (fields.size > 0) change['options'] = changedOptions(draft, stream.options, fields);
  return change;
}

/** True: saving the draft would leave the stream as it is, however that was typed. */
export function isSaid(draft: Draft, stream: StreamAnswer): boolean {
  const after = draftOf({ ...stream, ...changeOf(draft, stream) });
  return changedFields(after, draftOf(stream)).length === 0;
}

function changedOptions(draft: Draft, options: Options, fields: ReadonlySet<DraftField>): Options {
  const changed: Record<string, unknown> = { ...options };
  const lists = { groups: names, tags: names, graphiteFacets: names, labels: labelsOf } as const;
  for (const [field, read] of Object.entries(lists)) {
    if (fields.has(field as DraftField)) put(changed, field, read(draft[field as DraftField]));
  }
  const policy: Record<string, unknown> = { ...fieldsOf(options['policy']) };
  for (const field of policyTicks) {
    // Yes is what a policy says by itself.
    if (fields.has(field)) put(policy, field, draft[field] === false ? false : undefined);
  }
  for (const field of policyNumbers) {
    const given = text(draft[field]).trim();
    if (fields.has(field)) put(policy, field, given === '' ? undefined : Number(given));
  }
  if (fields.has('holdbackPercent') && Number(draft.holdbackPercent) > 0) {
    put(changed, 'graphiteFacets', withHoldback(changed));
  }
  put(changed, 'policy', isEmpty(policy) ? undefined : policy);
  const webTorrent: Record<string, unknown> = { ...fieldsOf(options['webTorrent']) };
  if (fields.has('infoHashes')) put(webTorrent, 'infoHashes', infoHashesOf(draft.infoHashes));
  if (fields.has('refuseUnknownInfoHashes')) {
    put(webTorrent, 'refuseUnknownInfoHashes', draft.refuseUnknownInfoHashes);
  }
  put(changed, 'webTorrent', isEmpty(webTorrent) ? undefined : webTorrent);
  return changed;
}

/** A holdback whose figures nobody keeps would be for nothing. */
function withHoldback(options: Options): readonly string[] {
  return [...new Set([...graphiteFacetsOf(options), 'holdback'])];
}

/** What came of a change that somebody else's was made before. */
export interface Merged {
  /** Both sides' changes; where both changed a field, ours, until it is decided. */
  readonly draft: Draft;
  readonly conflicts: readonly DraftField[];
}

/** Our changes since `base` on top of what the stream is now. Nothing of either side is lost. */
export function mergedDraft(base: Draft, ours: Draft, theirs: Draft): Merged {
  const own = new Set(changedFields(base, ours));
  const conflicts = changedFields(base, theirs).filter(
    (field) => own.has(field) && ours[field] !== theirs[field],
  );
  const entries = draftFieldNames.map((field) => [field, (own.has(field) ? ours : theirs)[field]]);
  // All fields are among the entries.
  return { draft: Object.fromEntries(entries) as Draft, conflicts };
}

/** The form's field that a refusal is about. */
export function fieldOfProblem(at: string | undefined): DraftField | undefined {
  if (at === undefined) return undefined;
  return draftFieldNames.find((name) => {
    const own = draftFields[name].at;
    return at === own || at.startsWith(`${own}.`) || at.startsWith(`${own}[`);
  });
}

function text(value: string | boolean): string {
  return typeof value === 'string' ? value : '';
}

function linesOf(value: string | boolean): readonly string[] {
  return text(value)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function names(value: string | boolean): readonly string[] | undefined {
  const given = text(value)
    .split(/[\s,]+/)
    .filter((name) => name !== '');
  return given.length === 0 ? undefined : given;
}

function labelsOf(value: string | boolean): Options | undefined {
  const lines = linesOf(value);
  return lines.length === 0 ? undefined : labelsIn(lines);
}

function infoHashesOf(value: string | boolean): Options | undefined {
  const lines = linesOf(value).map((line): [string, string] => {
    const [infoHash = '', ...quality] = line.split(/\s+/);
    return [infoHash.toLowerCase(), quality.join(' ')];
  });
  return lines.length === 0 ? undefined : Object.fromEntries(lines);
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(target, name);
  else target[name] = value;
}

function isEmpty(fields: Options): boolean {
  return Object.keys(fields).length === 0;
}
