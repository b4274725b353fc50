import { useState } from 'preact/hooks';
import { usePage } from '../page-context.js';
import { Figure } from '../parts/figure.js';
import type { ChartSeries } from './series.js';

export interface DataTableProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly series: readonly ChartSeries[];
  readonly texts: readonly ((value: number | null) => string)[];
}

/** The latest steps in a table; the whole range is in the CSV. */
const rowsMax = 60;

/** A chart's figures as a table, newest first, made only when it's opened. */
export function DataTable({ title, times, stepMs, series, texts }: DataTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="data-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="for-screen-readers">{title}: </span>Table
      </summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, figures`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map(({ name }) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <Rows times={times} stepMs={stepMs} series={series} texts={texts} />
          </table>
        </div>
      )}
    </details>
  );
}

function Rows({ times, stepMs, series, texts }: Omit<DataTableProps, 'title'>) {
  const { zone } = usePage();
  const known = times
    .map((timeMs, index) => ({ timeMs, index }))
    .filter(({ index }) => series.some(({ values }) => (values[index] ?? null) !== null));
  return (
    <tbody>
      {known
        .toReversed()
        .slice(0, rowsMax)
        .map(({ timeMs, index }) => (
          <tr key={timeMs}>
            <th scope="row">{zone.dayAndTime(timeMs, stepMs)}</th>
            {series.map(({ name, values, atLeast }, column) => (
              <td key={name}>
                <Figure
                  text={texts[column]?.(values[index] ?? null) ?? ''}
                  isMarked={atLeast?.has(index) === true}
                />
              </td>
            ))}
          </tr>
        ))}
    </tbody>
  );
}
