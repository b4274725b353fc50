import type { NowAnswer, NowRow } from '../api/shapes.js';
import { Sparkline } from '../charts/sparkline.js';
import { bytesPerSecond, count, percent } from '../format.js';
import { useAddress, usePage } from '../page-context.js';
import { isDescendingFirst, streamFigures, type ListQuery, type ListSort } from '../place.js';
import { Figure } from '../parts/figure.js';
import { State } from '../parts/state.js';

interface StreamTableProps {
  readonly now: NowAnswer;
  readonly list: ListQuery;
  /** True: no answer has come since, the figures are of a while ago. */
  readonly isOld: boolean;
}

/** Streams with their figures of the latest minute; each leads to its charts. */
export function StreamTable({ now, list, isOld }: StreamTableProps) {
  return (
    <div class={isOld ? 'card list figures-old' : 'card list'}>
      <table>
        <caption class="for-screen-readers">Streams with their latest minute</caption>
        <thead>
          <tr>
            <SortHead name="Stream" sort="title" list={list} />
            <th scope="col">State</th>
            <SortHead name="Viewers" sort="viewers" list={list} />
            <th scope="col">Last half hour</th>
            <SortHead name="Offload" sort="offload" list={list} />
            <th scope="col">From the CDN</th>
          </tr>
        </thead>
        <tbody>
          {now.streams.map((row) => (
            <StreamRow key={row.key} row={row} intervalMs={now.intervalMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHead(props: {
  readonly name: string;
  readonly sort: ListSort;
  readonly list: ListQuery;
}) {
  const address = useAddress();
  const { name, sort, list } = props;
  const isShown = list.sort === sort;
  const usual = isDescendingFirst(sort) ? 'desc' : 'asc';
  const opposite = list.order === 'asc' ? 'desc' : 'asc';
  const order = isShown ? opposite : usual;
  const shownOrder = list.order === 'asc' ? 'ascending' : 'descending';
  return (
    <th scope="col" aria-sort={isShown ? shownOrder : 'none'}>
      <a href={address({ page: 'streams', list: { ...list, sort, order, cursor: '' } })}>
        {name}
        <span aria-hidden="true">{isShown ? (list.order === 'asc' ? ' ↑' : ' ↓') : ''}</span>
      </a>
    </th>
  );
}

function StreamRow({ row, intervalMs }: { readonly row: NowRow; readonly intervalMs: number }) {
  const { zone } = usePage();
  const address = useAddress();
  const { key, title, state, viewers, offload, cdnBytes, closedUntilMs, atLeast } = row;
  const isKnown = state === 'current' || state === 'idle';
  const isBehind = state === 'late' || state === 'stale';
  return (
    <tr>
      <th scope="row">
        <a href={address(streamFigures(key))}>
          <bdi>{title}</bdi>
        </a>
        {title !== key && <small>{key}</small>}
      </th>
      <td data-name="State">
        <State state={state} />
        {isBehind && closedUntilMs !== null && (
          <small>since {zone.dayAndTime(closedUntilMs, intervalMs)}</small>
        )}
      </td>
      <td data-name="Viewers">
        <Figure
          text={count(isKnown ? viewers : null)}
          isMarked={isKnown && atLeast.includes('/viewers')}
        />
      </td>
      <td class="list-line">
        <Sparkline values={row.viewersHistory} />
      </td>
      <td data-name="Offload">{percent(isKnown ? offload : null)}</td>
      <td data-name="From the CDN">
        <Figure
          text={bytesPerSecond(
            isKnown && cdnBytes !== null ? cdnBytes / (intervalMs / 1_000) : null,
          )}
          isMarked={isKnown && atLeast.includes('/cdnBytes')}
        />
      </td>
    </tr>
  );
}
