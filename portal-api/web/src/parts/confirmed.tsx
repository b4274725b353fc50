import { useState } from 'preact/hooks';
import { Trouble } from './trouble.js';

/** Does what can't be undone after a word was typed; `act` tells what went wrong, or nothing. */
export function Confirmed(props: {
  readonly label: string;
  readonly help: string;
  /** What has to be typed first. */
  readonly word: string;
  readonly act: () => Promise<string>;
}) {
  const { label, help, word, act } = props;
  const [typed, setTyped] = useState('');
  const [trouble, setTrouble] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === word) void act().then(setTrouble);
      }}
    >
      <p>{help}</p>
      <div class="row">
        <label>
          <span>
            Type <code>{word}</code> to confirm
          </span>
          <input
            autocomplete="off"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="dangerous" disabled={typed !== word}>
          {label}
        </button>
      </div>
      <Trouble text={trouble} />
    </form>
  );
}
