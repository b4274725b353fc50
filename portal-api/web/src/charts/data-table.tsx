import { useState } from 'preact/hooks';
import { timeOfMinute } from '../format.js';
import type { ChartSeries } from './series.js';

export interface DataTableProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly intervalMs: number;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number | null) => string;
}

/** The latest minutes in a table; the whole range is in the CSV. */
const rowsMax = 60;

/** A chart's figures as a table, newest first, made only when it's opened. */
export function DataTable({ title, times, intervalMs, series, format }: DataTableProps) {
  const [isOpen, setOpen] = useState(false);
  const rows = times.map((timeMs, index) => ({ timeMs, index })).toReversed();
  const known = rows.filter(({ index }) =>
    series.some(({ values }) => (values[index] ?? null) !== null),
  );
  return (
    <details class="data-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="for-screen-readers">{title}: </span>Figures
      </summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, figures`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Minute</th>
                {series.map(({ name }) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {known.slice(0, rowsMax).map(({ timeMs, index }) => (
                <tr key={timeMs}>
                  <th scope="row">{timeOfMinute(timeMs, intervalMs)}</th>
                  {series.map(({ name, values }) => (
                    <td key={name}>{format(values[index] ?? null)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
