import { useEffect, useState } from 'preact/hooks';
import { fetchStream } from '../api/streams.js';
import { usePolled } from '../data/polled.js';
import { useLeaveWarning } from '../navigation.js';
import { useMay } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { StreamTabs } from '../parts/stream-tabs.js';
import { submitting } from '../parts/submitting.js';
import { Conflict } from './conflict.js';
import { DangerZone } from './danger-zone.js';
import { changedFields, draftOf, fieldOfProblem } from './settings-draft.js';
import { SettingsFields, SettingsList } from './settings-fields.js';
import { formOf, saved, withTypedSince, type FormState, type Read } from './settings-form.js';
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
    setForm((now) => withTypedSince(next, form, now));
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
          setForm({
            ...form,
            draft: { ...draft, [field]: value },
            status: status === 'saving' ? status : 'editing',
          })
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
