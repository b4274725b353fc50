import { usePage } from '../page-context.js';
import { Filters, GroupFilter, TypedFilter } from '../parts/filters.js';
import type { ListQuery } from '../place.js';

/** Which streams the list shows; all of it in the address. */
export function ListFilters({ list }: { readonly list: ListQuery }) {
  const { go } = usePage();
  const change = (part: Partial<ListQuery>): void =>
    go({ page: 'streams', list: { ...list, cursor: '', ...part } }, 'replace');
  return (
    <Filters>
      <TypedFilter
        label="Search"
        isMain
        value={list.search}
        onTyped={(search) => change({ search })}
      />
      <GroupFilter value={list.group} onChosen={(group) => change({ group })} />
      <TypedFilter label="Tag" value={list.tag} onTyped={(tag) => change({ tag })} />
      <label class="check">
        <input
          type="checkbox"
          checked={list.isArchived}
          onChange={(event) => change({ isArchived: event.currentTarget.checked })}
        />
        Archived
      </label>
    </Filters>
  );
}
