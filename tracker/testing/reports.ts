import { reported } from '../../schemas/index.js';
import type { Report, ToldReports } from '../announces/report.js';

/** A report with these fields; of all others nothing is told. */
export function reportOf(fields: Partial<Report> & Pick<Report, 'number' | 'time'>): Report {
  const words = {
    quality: undefined,
    state: 'unknown',
    failure: 'none',
    toldReason: undefined,
  } as const;
  return { ...reported({}), ...words, ...fields };
}

/** Reports that came together, with nothing wrong with any. */
export function told(...reports: Report[]): ToldReports {
  return { reports, implausible: [], tooMany: [] };
}
