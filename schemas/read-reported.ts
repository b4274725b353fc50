import {
  reportedFields,
  reportedNumber,
  type Reported,
  type ReportedNumber,
} from './announce-fields.js';
import { writtenFunction } from './written-function.js';

/** A number as told, rounded; undefined where none was told: null, a text, an object. */
function rounded(told: unknown): number | undefined {
  // Adding 0 makes 0 of -0.
  return typeof told === 'number' ? Math.round(told) + 0 : undefined;
}

const readingByKind = {
  counter: (told: unknown): number => rounded(told) ?? 0,
  gauge: (told: unknown, max: number, untold: number | null): number | null => {
    const value = rounded(told) ?? -1;
    return value >= 0 ? Math.min(value, max) : untold;
  },
  index: (told: unknown, max: number, untold: number | null): number | null => {
    const value = rounded(told) ?? -1;
    return value >= 0 && value <= max ? value : untold;
  },
};

const readings = reportedFields.map((field) => {
  const { kind, max, untold } = reportedNumber(field);
  const reading = `const ${field} = ${kind}(told.${field}, ${max}, ${untold});`;
  const check = `if (!(${field} >= 0 && ${field} <= ${max})) return undefined;`;
  return kind === 'counter' ? `${reading} ${check}` : reading;
});

/**
 * Told numbers of an announce in which anything may stand: rounded, within the readers' bounds,
 * and what is no number as not told. Undefined where a counter is out of its bounds, so that the
 * announce can't be true.
 */
export const readReported = writtenFunction(
  `return function readReported(told) {
    ${readings.join('\n    ')}
    return { ${reportedFields.join(', ')} };
  };`,
  readingByKind,
) as (told: Readonly<Partial<Record<ReportedNumber, unknown>>>) => Reported | undefined;
