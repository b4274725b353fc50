import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/call.js';
import { changeStream, fetchStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { useLeaveWarning } from '../navigation.js';
import { useMay } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { StreamTabs } from '../parts/stream-tabs.js';
import { submitting } from '../parts/submitting.js';
import { Conflict } from './conflict.js';
import { DangerZone } from './danger-zone.js';
import {
  changedFields,
  changeOf,
  draftOf,
  fieldOfProblem,
  mergedDraft,
  type Draft,
  type DraftField,
} from './settings-draft.js';
import { SettingsFields, SettingsList } from './settings-fields.js';
import { Snippet } from './snippet.js';
import { TokenKeys } from './token-keys.js';

/** All settings of a stream: a form for who may change them, a list for others. */
export function SettingsPage({ stream: key }: { readonly stream: string }) {
  const { value, valueAtMs, entityTag, failure, refresh } = usePolled(
    `settings ${key}`,
    (signal) => fetchStream(key, signal),
    undefined,
  );
  const mayChange = useMay('editor');
  return (
    <>
      <Heading title={value?.title ?? key} small={key} />
      <StreamTabs stream={key} shown="settings" />
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value !== undefined && (
        <div class="settings">
          {mayChange ? (
            <SettingsForm key={key} read={{ stream: value, entityTag }} onSaved={refresh} />
          ) : (
            <SettingsList draft={draftOf(value)} />
          )}
          <TokenKeys stream={value} onChanged={refresh} />
          <Snippet stream={value} onChanged={refresh} />
          {mayChange && <DangerZone stream={value} entityTag={entityTag} onChanged={refresh} />}
        </div>
      )}
    </>
  );
}

/** A stream as it was read, with what a change of it has to name. */
interface Read {
  readonly stream: StreamAnswer;
  readonly entityTag: string;
}

interface FormState {
  /** What the draft began from. */
  readonly base: Read;
  readonly draft: Draft;
  /** What both editors changed, and theirs of it. */
  readonly conflict: { readonly fields: readonly DraftField[]; readonly theirs: Read } | undefined;
  readonly problem: Problem | undefined;
  readonly status: 'editing' | 'saving' | 'saved' | 'unreachable';
}

function formOf(read: Read): FormState {
  const draft = draftOf(read.stream);
  return { base: read, draft, conflict: undefined, problem: undefined, status: 'editing' };
}

function SettingsForm({ read, onSaved }: { readonly read: Read; readonly onSaved: () => void }) {
  const [form, setForm] = useState(() => formOf(read));
  const { base, draft, conflict, problem, status } = form;
  const changed = changedFields(draft, draftOf(base.stream));
  useEffect(() => {
    // What was read anew takes the form's place only where nobody has typed.
    if (changed.length === 0 && read.entityTag !== base.entityTag) {
      setForm({ ...formOf(read), status });
    }
  }, [read.entityTag]);
  useLeaveWarning(changed.length > 0);
  const save = async (): Promise<void> => {
    setForm({ ...form, status: 'saving', problem: undefined });
    const next = await saved(form);
    setForm(next);
    if (next.status === 'saved') onSaved();
  };
  const wrong = fieldOfProblem(problem?.field);
  return (
    <form class="card" onSubmit={submitting(save)}>
      {conflict !== undefined && (
        <Conflict
          draft={draft}
          theirs={conflict.theirs.stream}
          fields={conflict.fields}
          choose={(field, value) => setForm({ ...form, draft: { ...draft, [field]: value } })}
        />
      )}
      <SettingsFields
        draft={draft}
        wrong={wrong}
        message={problem?.message}
        change={(field, value) =>
          setForm({ ...form, draft: { ...draft, [field]: value }, status: 'editing' })
        }
      />
      {problem !== undefined && wrong === undefined && (
        <Notice kind="error" title="Not saved">
          {problem.message}.
        </Notice>
      )}
      {status === 'unreachable' && (
        <Notice kind="error" title="Not saved: the portal does not answer">
          What you typed is still here.
        </Notice>
      )}
      <SaveBar changed={changed.length} status={status} undo={() => setForm(formOf(read))} />
    </form>
  );
}

function SaveBar(props: {
  readonly changed: number;
  readonly status: FormState['status'];
  readonly undo: () => void;
}) {
  const { changed, status, undo } = props;
  const what = changed === 1 ? '1 field changed' : `${changed} fields changed`;
  return (
    <div class="save-bar">
      <button type="submit" disabled={changed === 0 || status === 'saving'}>
        {status === 'saving' ? 'Saving…' : 'Save'}
      </button>
      {changed > 0 && (
        <button type="button" class="quiet" onClick={undo}>
          Undo
        </button>
      )}
      <span role="status">
        {changed === 0 && status === 'saved' ? 'Saved. Trackers obey within seconds.' : ''}
        {changed > 0 ? what : ''}
      </span>
    </div>
  );
}

/** Sends the form's change; on a conflict, merges it with what somebody else has made of it. */
async function saved(form: FormState): Promise<FormState> {
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
  const theirs = { stream: now.value, entityTag: now.entityTag };
  const merged = mergedDraft(draftOf(base.stream), draft, draftOf(theirs.stream));
  return {
    base: theirs,
    draft: merged.draft,
    conflict: { fields: merged.conflicts, theirs },
    problem: undefined,
    status: 'editing',
  };
}
