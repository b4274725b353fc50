import { draftFields, type Draft, type DraftField } from './settings-draft.js';

interface FieldShape {
  readonly field: DraftField;
  readonly kind: 'text' | 'lines' | 'number' | 'tick';
  readonly help: string;
  readonly min?: number;
  readonly max?: number;
}

const sections: readonly { readonly title: string; readonly fields: readonly FieldShape[] }[] = [
  {
    title: 'Stream',
    fields: [
      { field: 'title', kind: 'text', help: 'For people; the key where it is empty.' },
      { field: 'groups', kind: 'text', help: 'Channels or customers, by commas: who sees it.' },
      { field: 'tags', kind: 'text', help: 'By commas, to find it by.' },
      {
        field: 'renditions',
        kind: 'lines',
        help: 'One a line, such as hd, or hd=720p to count as 720p. None: the usual heights.',
      },
    ],
  },
  {
    title: 'Peer-to-peer policy',
    fields: [
      { field: 'peers', kind: 'tick', help: 'No: everybody gets all from the CDN.' },
      { field: 'give', kind: 'tick', help: 'No: viewers take, and upload nothing.' },
      { field: 'cellular', kind: 'tick', help: 'No: no peers on cellular networks.' },
      {
        field: 'peersMax',
        kind: 'number',
        min: 1,
        max: 50,
        help: 'Empty: as many as trackers do.',
      },
      {
        field: 'uploadKbpsMax',
        kind: 'number',
        min: 1,
        max: 1_000_000,
        help: 'Empty: no limit.',
      },
      {
        field: 'viewersMin',
        kind: 'number',
        min: 1,
        max: 1_000_000,
        help: 'Empty: from the second.',
      },
      {
        field: 'holdbackPercent',
        kind: 'number',
        min: 0,
        max: 50,
        help: 'These get no peers, so that you see what peers do: the facet holdback is kept for it.',
      },
    ],
  },
  {
    title: 'Who may join',
    fields: [
      { field: 'origins', kind: 'lines', help: 'One a line: https://example.com. None: all.' },
      {
        field: 'countPlainSockets',
        kind: 'tick',
        help: 'WebTorrent clients that report nothing by themselves count as viewers.',
      },
      { field: 'infoHashes', kind: 'lines', help: 'One a line: 40 hexadecimal digits, quality.' },
      { field: 'refuseUnknownInfoHashes', kind: 'tick', help: 'Lets only the listed ones in.' },
    ],
  },
  {
    title: 'For whom',
    fields: [
      {
        field: 'labels',
        kind: 'lines',
        help: 'One a line: plan: free, paid. In quotes what has a comma: city: "Paris, TX", Rome.',
      },
      { field: 'graphiteFacets', kind: 'text', help: 'By commas, such as device, label.plan.' },
    ],
  },
];

interface SettingsFieldsProps {
  readonly draft: Draft;
  readonly wrong: DraftField | undefined;
  readonly message: string | undefined;
  readonly change: (field: DraftField, value: string | boolean) => void;
}

/** The form's fields, by what they are about. */
export function SettingsFields({ draft, wrong, message, change }: SettingsFieldsProps) {
  return (
    <>
      {sections.map(({ title, fields }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          {fields.map((shape) => (
            <Field
              key={shape.field}
              shape={shape}
              value={draft[shape.field]}
              trouble={wrong === shape.field ? message : undefined}
              change={(value) => change(shape.field, value)}
            />
          ))}
        </fieldset>
      ))}
    </>
  );
}

interface FieldProps {
  readonly shape: FieldShape;
  readonly value: string | boolean;
  readonly trouble: string | undefined;
  readonly change: (value: string | boolean) => void;
}

function Field({ shape, value, trouble, change }: FieldProps) {
  const { field, kind, help } = shape;
  const id = `setting-${field}`;
  return (
    <div class={kind === 'tick' ? 'field field-tick' : 'field'}>
      <label for={id}>{draftFields[field].label}</label>
      <Input id={id} shape={shape} value={value} isWrong={trouble !== undefined} change={change} />
      <p id={`${id}-help`} class="note">
        {help}
      </p>
      {trouble !== undefined && (
        <p id={`${id}-trouble`} class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function Input(props: {
  readonly id: string;
  readonly shape: FieldShape;
  readonly value: string | boolean;
  readonly isWrong: boolean;
  readonly change: (value: string | boolean) => void;
}) {
  const { id, shape, value, isWrong, change } = props;
  const { kind, min, max } = shape;
  const common = {
    id,
    'aria-describedby': isWrong ? `${id}-help ${id}-trouble` : `${id}-help`,
    'aria-invalid': isWrong,
  };
  if (kind === 'tick') {
    return (
      <input
        {...common}
        type="checkbox"
        checked={value === true}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    );
  }
  const text = typeof value === 'string' ? value : '';
  if (kind === 'lines') {
    return (
      <textarea
        {...common}
        rows={Math.min(8, text.split('\n').length + 1)}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
      />
    );
  }
  const onInput = (event: { readonly currentTarget: HTMLInputElement }): void =>
    change(event.currentTarget.value);
  return kind === 'number' ? (
    <input {...common} type="number" step={1} min={min} max={max} value={text} onInput={onInput} />
  ) : (
    <input {...common} value={text} onInput={onInput} />
  );
}

/** The same for who may not change it. */
export function SettingsList({ draft }: { readonly draft: Draft }) {
  return (
    <div class="card">
      {sections.map(({ title, fields }) => (
        <section key={title} aria-label={title}>
          <h2>{title}</h2>
          <dl class="facts">
            {fields.map(({ field }) => {
              const value = draft[field];
              const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
              return (
                <div key={field}>
                  <dt>{draftFields[field].label}</dt>
                  <dd>{text === '' ? '–' : text}</dd>
                </div>
              );
            })}
          </dl>
        </section>
      ))}
    </div>
  );
}
