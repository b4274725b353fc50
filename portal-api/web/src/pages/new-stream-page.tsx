import { useState } from 'preact/hooks';
import type { Failure } from '../api/call.js';
import { createStream } from '../api/streams.js';
import { useMay, usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { Notice } from '../parts/notice.js';

interface Trouble {
  readonly field: string | undefined;
  readonly message: string;
}

/** Creates a stream by its key; all else stands in its settings. */
export function NewStreamPage() {
  const { go, session } = usePage();
  const mayCreate = useMay('editor');
  const [key, setKey] = useState('');
  const [title, setTitle] = useState('');
  const [group, setGroup] = useState(session.groups?.[0] ?? '');
  const [trouble, setTrouble] = useState<Trouble>();
  const [attempt, setAttempt] = useState(newAttempt);
  const create = async (): Promise<void> => {
    const options = group === '' ? {} : { options: { groups: [group] } };
    const answer = await createStream(
      { key: key.trim(), title: title.trim(), ...options },
      attempt,
    );
    if (answer.kind === 'ok') {
      go({ page: 'settings', key: answer.value.key });
      return;
    }
    if (answer.kind === 'problem') setAttempt(newAttempt());
    setTrouble(troubleOf(answer));
  };
  if (!mayCreate) return <Notice kind="quiet" title="You may look at streams, not create any" />;
  return (
    <>
      <Heading title="New stream" />
      <form
        class="card new-stream"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field
          name="key"
          label="Key"
          help="1 to 100 letters, digits or . _ : @ -: what players name. It stays."
          value={key}
          change={setKey}
          trouble={trouble}
          isRequired
        />
        <Field
          name="title"
          label="Title"
          help="For people; the key where it is empty."
          value={title}
          change={setTitle}
          trouble={trouble}
        />
        <Field
          name="options.groups"
          label="Group"
          help="A channel or a customer; more in the settings."
          value={group}
          change={setGroup}
          trouble={trouble}
          isRequired={session.groups !== null}
        />
        {trouble !== undefined && !knownFields.includes(trouble.field ?? '') && (
          <p class="trouble" role="alert">
            {trouble.message}
          </p>
        )}
        <button type="submit">Create</button>
      </form>
    </>
  );
}

function troubleOf(failure: Failure): Trouble {
  if (failure.kind !== 'problem') {
    return { field: undefined, message: 'The portal does not answer.' };
  }
  const field = failure.code === 'exists' ? 'key' : failure.field;
  return { field, message: `${failure.message}.` };
}

const knownFields = ['key', 'title', 'options.groups'];

/** The same for all tries of one creation, so that one without an answer isn't made twice. */
function newAttempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function Field(props: {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly trouble: Trouble | undefined;
  readonly isRequired?: boolean;
}) {
  const { name, label, help, value, change, trouble, isRequired = false } = props;
  const id = `new-${name}`;
  const isWrong = trouble?.field === name;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        autocomplete="off"
        required={isRequired}
        value={value}
        aria-invalid={isWrong}
        aria-describedby={`${id}-help`}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <p id={`${id}-help`} class="note">
        {help}
      </p>
      {isWrong && (
        <p class="trouble" role="alert">
          {trouble.message}
        </p>
      )}
    </div>
  );
}
