import type { Values } from '../api/shapes.js';

const widthPx = 96;
const heightPx = 24;

/** A small line without axes; decoration beside the figure that it leads to. */
export function Sparkline({ values }: { readonly values: Values }) {
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const step = widthPx / Math.max(1, values.length - 1);
  const y = (value: number): number => heightPx - 2 - (value / most) * (heightPx - 4);
  const runs: string[] = [];
  let run: string[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (run.length > 0) runs.push(run.join(' '));
      run = [];
    } else run.push(`${(index * step).toFixed(1)},${y(value).toFixed(1)}`);
  }
  if (run.length > 0) runs.push(run.join(' '));
  return (
    <svg class="sparkline" viewBox={`0 0 ${widthPx} ${heightPx}`} aria-hidden="true">
      {runs.map((points) => (
        <polyline key={points} points={points} />
      ))}
    </svg>
  );
}
