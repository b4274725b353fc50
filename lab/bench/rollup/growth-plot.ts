/** A measured point: so many of something, and the CPU seconds that they took. */
export interface GrowthPoint {
  readonly count: number;
  readonly cpuSeconds: number;
}

export interface GrowthPanel {
  readonly title: string;
  /** What is counted, for the axis. */
  readonly unit: string;
  readonly points: readonly GrowthPoint[];
}

/** `cpuSeconds` = `fixed` + `each` × `count`, and how well that says it (R², 1 is exactly). */
export interface Line {
  readonly fixed: number;
  readonly each: number;
  readonly fit: number;
}

const panelWidth = 380;
const height = 300;
const margin = { left: 56, right: 16, top: 40, bottom: 48 };
const ticks = 4;

/** The line of least squares through the points. */
export function lineThrough(points: readonly GrowthPoint[]): Line {
  const countMean = mean(points.map(({ count }) => count));
  const secondsMean = mean(points.map(({ cpuSeconds }) => cpuSeconds));
  let together = 0;
  let counts = 0;
  let seconds = 0;
  for (const { count, cpuSeconds } of points) {
    together += (count - countMean) * (cpuSeconds - secondsMean);
    counts += (count - countMean) ** 2;
    seconds += (cpuSeconds - secondsMean) ** 2;
  }
  const each = together / counts;
  const fit = seconds === 0 ? 1 : together ** 2 / (counts * seconds);
  return { fixed: secondsMean - each * countMean, each, fit };
}

/** An SVG of its own with a panel beside the other, readable on light and dark pages. */
export function growthPlot(panels: readonly GrowthPanel[]): string {
  const width = panels.length * panelWidth;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${panels.map(({ title }) => title).join('; ')}">`,
    '<style>',
    'svg { font: 12px system-ui, sans-serif; color: #1f2328; --line: #0969da; }',
    '@media (prefers-color-scheme: dark) { svg { color: #e6edf3; --line: #58a6ff; } }',
    'text { fill: currentColor; } .title { font-size: 14px; font-weight: 600; }',
    '.axis { stroke: currentColor; opacity: .6; } .grid { stroke: currentColor; opacity: .15; }',
    '.line { stroke: var(--line); stroke-width: 2; } .point { fill: var(--line); }',
    '</style>',
    ...panels.map((one, index) => panel(one, index * panelWidth)),
    '</svg>',
    '',
  ].join('\n');
}

function panel({ title, unit, points }: GrowthPanel, offset: number): string {
  const countMax = Math.max(...points.map(({ count }) => count));
  const secondsMax = Math.max(...points.map(({ cpuSeconds }) => cpuSeconds)) * 1.1;
  const bottom = height - margin.bottom;
  const right = panelWidth - margin.right;
  const x = (count: number): string =>
    (margin.left + (count / countMax) * (right - margin.left)).toFixed(1);
  const y = (cpuSeconds: number): string =>
    (bottom - (Math.max(0, cpuSeconds) / secondsMax) * (bottom - margin.top)).toFixed(1);
  const { fixed, each, fit } = lineThrough(points);
  const parts = [
    `<g transform="translate(${offset} 0)">`,
    `<text class="title" x="${margin.left}" y="18">${title}</text>`,
    `<text x="${margin.left}" y="34">CPU seconds; R² ${fit.toFixed(3)}</text>`,
  ];
  for (let tick = 0; tick <= ticks; tick += 1) {
    const [count, seconds] = [(countMax * tick) / ticks, (secondsMax * tick) / ticks];
    parts.push(
      `<line class="grid" x1="${margin.left}" x2="${right}" y1="${y(seconds)}" y2="${y(seconds)}"/>`,
      `<text x="${margin.left - 6}" y="${y(seconds)}" text-anchor="end" dominant-baseline="middle">${seconds.toFixed(1)}</text>`,
      `<text x="${x(count)}" y="${bottom + 16}" text-anchor="middle">${short(count)}</text>`,
    );
  }
  parts.push(
    `<text x="${(margin.left + right) / 2}" y="${height - 8}" text-anchor="middle">${unit}</text>`,
    `<path class="axis" fill="none" d="M${margin.left} ${margin.top}V${bottom}H${right}"/>`,
    `<line class="line" x1="${x(0)}" y1="${y(fixed)}" x2="${x(countMax)}" y2="${y(fixed + each * countMax)}"/>`,
  );
  for (const { count, cpuSeconds } of points) {
    parts.push(`<circle class="point" cx="${x(count)}" cy="${y(cpuSeconds)}" r="4"/>`);
  }
  return [...parts, '</g>'].join('\n');
}

function short(count: number): string {
  if (count >= 1_000_000) return `${(count / 1_000_000).toFixed(1)} M`;
  return count >= 1_000 ? `${(count / 1_000).toFixed(1).replace('.0', '')} k` : String(count);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
