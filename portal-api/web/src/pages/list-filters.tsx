import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../page-context.js';
import type { ListQuery } from '../place.js';

/** Typing is over when nothing came for so long. */
const typedMs = 250;

/** Which streams the list shows; all of it in the address. */
export function ListFilters(props: {
  readonly list: ListQuery;
  readonly groups: readonly string[];
}) {
  const { go } = usePage();
  const { list, groups } = props;
  const change = (part: Partial<ListQuery>): void =>
    go({ page: 'streams', list: { ...list, cursor: '', ...part } }, 'replace');
  const named = list.group === '' || groups.includes(list.group) ? groups : [list.group, ...groups];
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <TypedFilter
        label="Search"
        isMain
        value={list.search}
        onTyped={(search) => change({ search })}
      />
      <label>
        Group
        <select
          value={list.group}
          onChange={(event) => change({ group: event.currentTarget.value })}
        >
          <option value="">All</option>
          {named.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <TypedFilter label="Tag" value={list.tag} onTyped={(tag) => change({ tag })} />
      <label class="check">
        <input
          type="checkbox"
          checked={list.isArchived}
          onChange={(event) => change({ isArchived: event.currentTarget.checked })}
        />
        Archived
      </label>
    </form>
  );
}

function TypedFilter(props: {
  readonly label: string;
  readonly isMain?: boolean;
  readonly value: string;
  readonly onTyped: (value: string) => void;
}) {
  const { label, isMain = false, value, onTyped } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onTyped(text.trim()), typedMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class={isMain ? 'filter-search' : ''}>
      {label}
      <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
    </label>
  );
}
