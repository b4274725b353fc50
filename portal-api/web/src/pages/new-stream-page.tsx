import { useState } from 'preact/hooks';
import { createStream } from '../api/streams.js';
import { useMay, usePage } from '../page-context.js';
import { FormTrouble, TextField, troubleOf, type FieldTrouble } from '../parts/field.js';
import { Heading } from '../parts/heading.js';
import { Notice } from '../parts/notice.js';
import { submitting } from '../parts/submitting.js';
import { attemptAt, openAttempt, type Attempt } from './creation-attempt.js';

/** Creates a stream by its key; all else stands in its settings. */
export function NewStreamPage() {
  const { go, session } = usePage();
  const mayCreate = useMay('editor');
  const [key, setKey] = useState('');
  const [title, setTitle] = useState('');
  const [group, setGroup] = useState(session.groups?.[0] ?? '');
  const [trouble, setTrouble] = useState<FieldTrouble>();
  const [open, setOpen] = useState<Attempt>();
  const create = async (): Promise<void> => {
    const options = group === '' ? {} : { options: { groups: [group] } };
    // Else the viewers of the snippet, with which most begin, would never appear.
    const countPlainSockets = true;
    const stream = { key: key.trim(), title: title.trim(), countPlainSockets, ...options };
    const attempt = attemptAt(stream, open);
    setOpen(attempt);
    const answer = await createStream(stream, attempt.idempotencyKey);
    setOpen(openAttempt(attempt, answer));
    if (answer.kind === 'ok') {
      go({ page: 'settings', key: answer.value.key });
      return;
    }
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
