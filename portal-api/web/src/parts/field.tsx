import type { Failure } from '../api/call.js';

/** What was wrong with a form, and with which field of it as the API names it. */
export interface FieldTrouble {
  readonly field: string | undefined;
  readonly message: string;
}

export function troubleOf(failure: Failure): FieldTrouble {
  if (failure.kind !== 'problem') {
    return { field: undefined, message: 'The portal does not answer.' };
  }
  return { field: failure.field, message: `${failure.message}.` };
}

/** What is typed, and its bounds: a number's, or how many characters. */
type FieldKind =
  | { readonly type: 'text' }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'password'; readonly minLength: number; readonly maxLength: number };

const plainText: FieldKind = { type: 'text' };

export interface TextFieldProps {
  readonly id: string;
  /** As the API names it. */
  readonly field: string;
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly trouble: FieldTrouble | undefined;
  readonly isRequired?: boolean;
  readonly kind?: FieldKind;
}

/** A line of a form, with its help, and with what was wrong with it. */
export function TextField(props: TextFieldProps) {
  const { id, field, label, help, value, change, trouble } = props;
  const { isRequired = false, kind = plainText } = props;
  const isWrong = trouble?.field === field;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...kind}
        id={id}
        autocomplete={kind.type === 'password' ? 'new-password' : 'off'}
        autocapitalize="none"
        required={isRequired}
        value={value}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-help ${id}-trouble` : `${id}-help`}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <p id={`${id}-help`} class="note">
        {help}
      </p>
      {isWrong && (
        <p id={`${id}-trouble`} class="trouble" role="alert">
          {trouble.message}
        </p>
      )}
    </div>
  );
}

/** What was wrong with none of the fields. */
export function FormTrouble(props: {
  readonly trouble: FieldTrouble | undefined;
  readonly fields: readonly string[];
}) {
  const { trouble, fields } = props;
  if (trouble === undefined || fields.includes(trouble.field ?? '')) return null;
  return (
    <p class="trouble" role="alert">
      {trouble.message}
    </p>
  );
}
