import type { Problem } from '../api/call.js';
import { changeStream, fetchStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import {
  changedFields,
  changeOf,
  draftOf,
  isSaid,
  mergedDraft,
  type Draft,
  type DraftField,
} from './settings-draft.js';

/** A stream as it was read, with what a change of it has to name. */
export interface Read {
  readonly stream: StreamAnswer;
  readonly entityTag: string;
}

export interface FormState {
  /** What the draft began from. */
  readonly base: Read;
  readonly draft: Draft;
  /** What both editors changed, and theirs of it. */
  readonly conflict: { readonly fields: readonly DraftField[]; readonly theirs: Read } | undefined;
  readonly problem: Problem | undefined;
  readonly status: 'editing' | 'saving' | 'saved' | 'unreachable';
}

export function formOf(read: Read): FormState {
  const draft = draftOf(read.stream);
  return { base: read, draft, conflict: undefined, problem: undefined, status: 'editing' };
}

/** Sends the form's change; on a conflict, merges it with what somebody else has made of it. */
export async function saved(form: FormState): Promise<FormState> {
  const { base, draft } = form;
  const { key } = base.stream;
  const answer = await changeStream(key, base.entityTag, changeOf(draft, base.stream));
  if (answer.kind === 'ok') {
    const { value: stream, entityTag } = answer;
    return { ...formOf({ stream, entityTag }), status: 'saved' };
  }
  if (answer.kind === 'signed_out') return { ...form, status: 'editing' };
  if (answer.kind === 'unreachable') return { ...form, status: 'unreachable' };
  if (answer.code !== 'conflict') return { ...form, problem: answer, status: 'editing' };
  const now = await fetchStream(key);
  if (now.kind !== 'ok') return { ...form, status: 'unreachable' };
  return onTopOf({ stream: now.value, entityTag: now.entityTag }, form);
}

/**
 * The form on top of what somebody else has made of the stream meanwhile. Where that says all that
 * the draft says the form is saved: by the change itself, as one that was answered by 503 may be.
 */
export function onTopOf(theirs: Read, { base, draft }: FormState): FormState {
  const merged = mergedDraft(draftOf(base.stream), draft, draftOf(theirs.stream));
  if (isSaid(merged.draft, theirs.stream)) return { ...formOf(theirs), status: 'saved' };
  return {
    base: theirs,
    draft: merged.draft,
    conflict: { fields: merged.conflicts, theirs },
    problem: undefined,
    status: 'editing',
  };
}

/** What saving `sent` came to, with what was typed meanwhile, as `now` has it, on top. */
export function withTypedSince(next: FormState, sent: FormState, now: FormState): FormState {
  if (changedFields(sent.draft, now.draft).length === 0) return next;
  const { draft } = mergedDraft(sent.draft, now.draft, next.draft);
  return { ...next, draft, status: next.status === 'saved' ? 'editing' : next.status };
}
