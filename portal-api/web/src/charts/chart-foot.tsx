import { chartCsv } from './chart-csv.js';
import { DataTable, type DataTableProps } from './data-table.js';
import { saveText } from './save-text.js';

/** A chart's figures by time, as a table and as CSV. */
export function ChartFoot(props: DataTableProps) {
  const { title, times, series } = props;
  return (
    <div class="chart-foot">
      <DataTable {...props} />
      <button
        type="button"
        class="link"
        aria-label={`${title}: save as CSV`}
        onClick={() => saveText(`${title}.csv`, chartCsv(times, series))}
      >
        CSV
      </button>
    </div>
  );
}
