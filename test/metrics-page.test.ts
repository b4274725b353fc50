import { describe, expect, it } from '@jest/globals';
import { publishedPage } from './testing/generated-page.js';
import { metricsPage } from './testing/metrics-page.js';
import { trackerRegistry } from './testing/registered-metrics.js';

describe('docs/metrics.md', () => {
  // UPDATE_METRICS_DOC=1 writes it anew after a change of a metric.
  it('is what the code registers', async () => {
    const page = await metricsPage(trackerRegistry());
    expect(publishedPage('metrics.md', page, 'UPDATE_METRICS_DOC')).toBe(page);
  });
});
