import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchGroups } from '../api/streams.js';
import { usePolled } from '../data/polled.js';

/** Typing is over when nothing came for so long. */
const typedMs = 250;
const groupsEveryMs = 60_000;
const noNames: readonly string[] = [];

/** Filters of what is on the page, each of which acts by itself. */
export function Filters({ children }: { readonly children: ComponentChildren }) {
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

/** A choice among the groups that the user sees, and the one that is chosen already. */
export function GroupFilter(props: {
  readonly value: string;
  readonly onChosen: (group: string) => void;
}) {
  const { value, onChosen } = props;
  const answer = usePolled('groups', fetchGroups, groupsEveryMs).value;
  const groups = answer?.groups.map(({ name }) => name) ?? noNames;
  const named = value === '' || groups.includes(value) ? groups : [value, ...groups];
  return (
    <label>
      Group
      <select value={value} onChange={(event) => onChosen(event.currentTarget.value)}>
        <option value="">All</option>
        {named.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A line of text that is looked for, once typing has paused. */
export function TypedFilter(props: {
  readonly label: string;
  readonly isMain?: boolean;
  readonly value: string;
  readonly onTyped: (value: string) => void;
}) {
  const { label, isMain = false, value, onTyped } = props;
  const [text, setText] = useState(value);
  // What another filter has changed meanwhile stays.
  const tell = useRef(onTyped);
  tell.current = onTyped;
  // A space at the end may be between two words.
  useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => tell.current(text.trim()), typedMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class={isMain ? 'filter-search' : ''}>
      {label}
      <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
    </label>
  );
}
