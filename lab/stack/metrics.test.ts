import { describe, expect, it } from '@jest/globals';
import { growth, metricSum, parseMetrics, sumOf } from './metrics.js';

const text = `# HELP errors_total Errors.
# TYPE errors_total counter
errors_total{code="bad_json"} 3
errors_total{code="no_offer"} 4
errors_total_more 100
memory_bytes 1.5e8
`;

describe('metrics as Prometheus writes them', () => {
  it('are read by series', () => {
    const series = parseMetrics(text);
    expect(series.size).toBe(4);
    expect(series.get('errors_total{code="bad_json"}')).toBe(3);
    expect(series.get('memory_bytes')).toBe(150_000_000);
  });

  it('add up over labels and over processes, and grow', () => {
    const once = parseMetrics(text);
    const twice = sumOf([once, once]);
    expect(metricSum(twice, 'errors_total')).toBe(14);
    expect(metricSum(growth(once, twice), 'errors_total')).toBe(7);
  });

  it('are found by some of their labels', () => {
    const series = parseMetrics(
      'errors_total{code="a",node="1"} 2\nerrors_total{code="b",node="1"} 4',
    );
    expect(metricSum(series, 'errors_total{code="b"}')).toBe(4);
    expect(metricSum(series, 'errors_total{node="1"}')).toBe(6);
    expect(metricSum(series, 'errors_total{code="c"}')).toBe(0);
  });
});
