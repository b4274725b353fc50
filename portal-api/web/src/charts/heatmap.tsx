import { ratioOf } from '../figures/sums.js';
import { percent } from '../format.js';

interface HeatmapProps {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By row, then by column. */
  readonly values: readonly (readonly number[])[];
  /** What a value says, in full. */
  readonly text: (value: number) => string;
}

/** Shares of a whole by two names, darker where there is more: a table, for everybody. */
export function Heatmap({ title, note, rows, columns, values, text }: HeatmapProps) {
  const all = values.flat();
  const sum = all.reduce((before, value) => before + value, 0);
  const most = Math.max(1, ...all);
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <p class="note">{note}</p>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={`${title}, table`}>
        <table class="heatmap">
          <thead>
            <tr>
              <td />
              {columns.map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {columns.map((column, place) => {
                  const value = values[index]?.[place] ?? 0;
                  const heat = Math.round((value / most) * heatMax);
                  return (
                    <td key={column} class={`heat heat-${heat}`} title={text(value)}>
                      {value === 0 ? '·' : percent(ratioOf(value, sum))}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const heatMax = 5;
