import { useState } from 'preact/hooks';
import type { Answer } from '../api/call.js';
import { changeStream, deleteStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import { useMay, usePage } from '../page-context.js';
import { Confirmed } from '../parts/confirmed.js';
import { Trouble } from '../parts/trouble.js';
import { allStreams } from '../place.js';

interface DangerZoneProps {
  readonly stream: StreamAnswer;
  readonly entityTag: string;
  readonly onChanged: () => void;
}

/** Archives, restores, and deletes for good: each after the key has been typed. */
export function DangerZone({ stream, entityTag, onChanged }: DangerZoneProps) {
  const { go } = usePage();
  const mayDelete = useMay('admin');
  const { key, isArchived } = stream;
  const setArchived = async (value: boolean): Promise<string> => {
    const trouble = troubleOf(await changeStream(key, entityTag, { isArchived: value }));
    onChanged();
    return trouble;
  };
  const remove = async (): Promise<string> => {
    const trouble = troubleOf(await deleteStream(key, entityTag));
    if (trouble === '') go({ page: 'streams', list: { ...allStreams, isArchived: true } });
    return trouble;
  };
  return (
    <section class="card danger" aria-labelledby="danger-title">
      <h2 id="danger-title">{isArchived ? 'Restore or delete' : 'Archive'}</h2>
      {isArchived ? (
        <>
          <p>Restored, the stream takes viewers again; its figures go on.</p>
          <RestoreButton restore={() => setArchived(false)} />
          {mayDelete && (
            <Confirmed
              label="Delete for good"
              help="The stream is gone from the registry; figures that were counted stay."
              word={key}
              act={remove}
            />
          )}
        </>
      ) : (
        <Confirmed
          label="Archive"
          help="Nobody can join it any more; figures stay, and it can be restored."
          word={key}
          act={() => setArchived(true)}
        />
      )}
    </section>
  );
}

function RestoreButton({ restore }: { readonly restore: () => Promise<string> }) {
  const [trouble, setTrouble] = useState('');
  return (
    <p>
      <button type="button" onClick={() => void restore().then(setTrouble)}>
        Restore
      </button>
      <Trouble text={trouble} />
    </p>
  );
}

function troubleOf(answer: Answer<unknown>): string {
  if (answer.kind === 'ok') return '';
  if (answer.kind !== 'problem') return 'The portal does not answer.';
  return answer.code === 'conflict'
    ? 'Somebody changed this stream meanwhile: look at it and try again.'
    : `${answer.message}.`;
}
