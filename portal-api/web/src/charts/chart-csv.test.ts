import { describe, expect, it } from '@jest/globals';
import { chartCsv } from './chart-csv.js';

const colour = '--accent';

describe("a chart's CSV", () => {
  it('has a line a step, with nothing where nothing is known', () => {
    const series = [
      { name: 'Viewers', colour, values: [1, null], atLeast: new Set([0]) },
      { name: 'a "b", c', colour, values: [0, 2.5] },
    ];
    expect(chartCsv([0, 60_000], series)).toBe(
      'time,time_ms,Viewers,"a ""b"", c",at_least\r\n' +
        '1970-01-01T00:00:00.000Z,0,1,0,Viewers\r\n' +
        '1970-01-01T00:01:00.000Z,60000,,2.5,\r\n',
    );
  });

  it('has no name that a spreadsheet would calculate', () => {
    const csv = chartCsv([], [{ name: '=HYPERLINK("x")', colour, values: [] }]);
    expect(csv).toBe('time,time_ms,"\'=HYPERLINK(""x"")",at_least\r\n');
  });
});
