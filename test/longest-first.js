import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest, so that it doesn't run alone at the end. The rest of what waits comes before
 * what computes.
 */
const longest = [
  'lab/simulation/simulation.test.ts',
  'test/integration/rescale.test.ts',
  'test/integration/kafka-outage.test.ts',
  'test/integration/verify.test.ts',
  'test/integration/faults.test.ts',
  'test/integration/hostile.test.ts',
  'test/integration/tracker-life.test.ts',
  'test/alert-rules.test.ts',
  'test/integration/ingest-kafka.test.ts',
  'test/integration/tracker-kafka.test.ts',
  'test/integration/kafka-adapter.test.ts',
  'test/integration/published-clients.test.ts',
  'test/integration/main-job.test.ts',
];

/** Jest's own order, but for the longest: a fresh clone doesn't know yet how long each takes. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((left, right) => rank(left) - rank(right));
  }
}

function rank({ path }) {
  const place = longest.findIndex((end) => path.endsWith(end));
  if (place >= 0) return place;
  return path.includes('/test/integration/') ? longest.length : longest.length + 1;
}
