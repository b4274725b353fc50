import { useState } from 'preact/hooks';
import { createStream } from '../api/streams.js';
import { useMay, usePage } from '../page-context.js';
import { FormTrouble, TextField, troubleOf, type FieldTrouble } from '../parts/field.js';
import { Heading } from '../parts/heading.js';
import { Notice } from '../parts/notice.js';
import { submitting } from '../parts/submitting.js';

/** Creates a stream by its key; all else stands in its settings. */
export function NewStreamPage() {
  const { go, session } = usePage();
  const mayCreate = useMay('editor');
  const [key, setKey] = useState('');
  const [title, setTitle] = useState('');
  const [group, setGroup] = useState(session.groups?.[0] ?? '');
  const [trouble, setTrouble] = useState<FieldTrouble>();
  const [attempt, setAttempt] = useState(newAttempt);
  const create = async (): Promise<void> => {
    const options = group === '' ? {} : { options: { groups: [group] } };
    const answer = await createStream(
      // Else the viewers of the snippet, with which most begin, would never appear.
      { key: key.trim(), title: title.trim(), countPlainSockets: true, ...options },
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
      <form class="card new-stream" onSubmit={submitting(create)}>
        <TextField
          id="new-key"
          field="key"
          label="Key"
          help="1 to 100 letters, digits or . _ : @ -: what players name. It stays."
          value={key}
          change={setKey}
          trouble={trouble}
          isRequired
        />
        <TextField
          id="new-title"
          field="title"
          label="Title"
          help="For people; the key where it is empty."
          value={title}
          change={setTitle}
          trouble={trouble}
        />
        <TextField
          id="new-groups"
          field="options.groups"
          label="Group"
          help="A channel or a customer; more in the settings."
          value={group}
          change={setGroup}
          trouble={trouble}
          isRequired={session.groups !== null}
        />
        <FormTrouble trouble={trouble} fields={knownFields} />
        <button type="submit">Create</button>
      </form>
    </>
  );
}

const knownFields = ['key', 'title', 'options.groups'];

/** The same for all tries of one creation, so that one without an answer isn't made twice. */
function newAttempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
