import { useEffect, useRef } from 'preact/hooks';
import type { StreamAnswer } from '../api/shapes.js';
import { usePage } from '../page-context.js';
import { draftFields, draftOf, type Draft, type DraftField } from './settings-draft.js';

interface ConflictProps {
  /** Ours. */
  readonly draft: Draft;
  readonly theirs: StreamAnswer;
  /** What both changed. */
  readonly fields: readonly DraftField[];
  readonly choose: (field: DraftField, value: string | boolean) => void;
}

/** Shows what two editors made of the same fields, and lets ours decide; nothing is lost. */
export function Conflict({ draft, theirs, fields, choose }: ConflictProps) {
  const { zone } = usePage();
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.focus(), [theirs.revision]);
  const their = draftOf(theirs);
  const at = zone.time(theirs.changedAtMs, 1_000);
  return (
    <div ref={element} class="notice notice-warning conflict" role="alert" tabIndex={-1}>
      <span class="notice-sign" aria-hidden="true">
        !
      </span>
      <div>
        <strong>
          Not saved yet: {theirs.changedBy} changed this stream at {at}
        </strong>
        <p>
          {fields.length === 0
            ? 'You changed different fields. The form has both; save once more.'
            : 'The form has both changes, and yours of what both changed:'}
        </p>
        <ul>
          {fields.map((field) => (
            <li key={field}>
              <b>{draftFields[field].label}</b>
              <span>
                yours: <code>{shown(draft[field])}</code>
              </span>
              <span>
                theirs: <code>{shown(their[field])}</code>
              </span>
              {draft[field] !== their[field] && (
                <button type="button" class="quiet" onClick={() => choose(field, their[field])}>
                  Take theirs
                </button>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function shown(value: string | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === '' ? '(empty)' : value;
}
