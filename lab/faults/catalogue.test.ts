import { describe, expect, it } from '@jest/globals';
import { isStreamKey } from '../../registry/index.js';
import { faults } from './catalogue.js';
import { streamsOf } from './streams.js';

const struckInEachWay = [
  'partials',
  'totals',
  'leader',
  'coordinator',
  'kafka',
  'carbon',
  'clickhouse',
  'tracker',
  'ingest',
  'haproxy',
];

describe('the catalogue of faults', () => {
  const names = faults.map(({ name }) => name);

  it('kills, pauses and stops everything that can fail', () => {
    expect(names).toEqual(
      expect.arrayContaining(
        struckInEachWay.flatMap((name) => [`${name}-kill`, `${name}-pause`, `${name}-stop`]),
      ),
    );
  });

  it('has each sink away for long, and slow', () => {
    const ofSinks = ['clickhouse', 'carbon'].flatMap((sink) => [
      `${sink}-away-long`,
      `${sink}-slow`,
    ]);
    expect(names).toEqual(expect.arrayContaining(ofSinks));
  });

  it('has each name once, and streams of its own for each', () => {
    expect(new Set(names).size).toBe(names.length);
    const streams = faults.flatMap(streamsOf);
    expect(new Set(streams).size).toBe(streams.length);
    expect(streams.filter((stream) => !isStreamKey(stream))).toEqual([]);
  });
});
