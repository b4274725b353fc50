import { textsOf, type Options } from './stream-options.js';

/**
 * Labels with their values as a form has them, one a line: `city: "Paris, TX", Rome`. Quoted, with
 * quotes doubled (RFC 4180), is what would be read as something else.
 */
export function labelLines(labels: Options): string {
  return Object.entries(labels)
    .map(([label, values]) => `${label}: ${textsOf(values).map(quoted).join(', ')}`)
    .join('\n');
}

/** What the lines say; a line without values lists none. */
export function labelsIn(lines: readonly string[]): Options {
  return Object.fromEntries(
    lines.map((line): [string, readonly string[]] => {
      const [label = '', ...rest] = line.split(':');
      return [label.trim(), valuesIn(rest.join(':'))];
    }),
  );
}

function quoted(value: string): string {
  const isPlain = value === value.trim() && !value.includes(',') && !value.startsWith('"');
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}

/** In quotes up to a comma or the end, else whatever stands between commas. */
const valueShape = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/gu;

function valuesIn(text: string): readonly string[] {
  return Array.from(
    text.matchAll(valueShape),
    ([, inQuotes, plain = '']) => inQuotes?.replaceAll('""', '"') ?? plain.trim(),
  ).filter((value) => value !== '');
}
