import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import {
  alertRules,
  parseSeries,
  selectorsOf,
  takes,
  type Selector,
  type Series,
} from '../testing/alert-rules.js';
import { sharedStack } from './testing/stack.js';
import { openDatabase, rowsOf } from './testing/views-support.js';

const rules = alertRules();

/** What only Prometheus adds. */
const addedLabels = ['job', 'instance'];

/**
 * What ClickHouse's server measures now and then, and its engine in a process doesn't: as they are
 * named in its ServerAsynchronousMetrics.cpp, by the disk `default`.
 */
const ofServersAlone = [
  'ClickHouseAsyncMetrics_DiskAvailable_default',
  'ClickHouseAsyncMetrics_DiskTotal_default',
  'ClickHouseAsyncMetrics_MaxPartCountForPartition',
];

/** The selector without what only Prometheus knows. */
function ofServices({ name, matchers }: Selector): Selector {
  return { name, matchers: matchers.filter(({ label }) => !addedLabels.includes(label)) };
}

/** True: it asks for what may not have happened yet, as an answer of 5xx. */
function isOfTrouble({ matchers }: Selector): boolean {
  return matchers.some(({ label, value }) => label === 'status' || value === 'not_applicable');
}

describe('the alert rules on the running stack', () => {
  const series: Series[] = [];
  /** Of these some have no series before something happens. */
  const exposed = new Set<string>();
  let clickHouseNames = new Set<string>();

  beforeAll(async () => {
    const { trackers, rollups, ingests, portal, haproxy, clickhouse } = sharedStack();
    await fetch(portal.url);
    const admins = [...trackers, ...rollups, ...ingests, portal].map(({ admin }) => admin);
    for (const address of [...admins, haproxy.metrics]) {
      const text = await (await fetch(`http://${address}/metrics`)).text();
      for (const [, name = ''] of text.matchAll(/^# TYPE (\S+) /gm)) exposed.add(name);
      series.push(
        ...text
          .split('\n')
          .filter((line) => /^\w/.test(line))
          .map(parseSeries),
      );
    }
    const database = openDatabase(clickhouse.url, clickhouse.database);
    const rows = await rowsOf(
      database,
      `SELECT concat('ClickHouseProfileEvents_', event) AS name FROM system.events
       UNION ALL SELECT concat('ClickHouseMetrics_', metric) FROM system.metrics
       SETTINGS system_events_show_zero_values = 1`,
    );
    clickHouseNames = new Set([...rows.map(({ name }) => String(name)), ...ofServersAlone]);
    await database.close();
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
    '%s watches what is really exposed, by labels that are there',
    (_alert, expr) => {
      const watched = selectorsOf(expr);
      expect(watched.length).toBeGreaterThan(0);
      for (const selector of watched.filter(({ name }) => name !== 'up')) {
        if (selector.name.startsWith('ClickHouse')) {
          expect(clickHouseNames).toContain(selector.name);
          continue;
        }
        expect(exposed).toContain(selector.name.replace(/_(bucket|count)$/, ''));
        const ofName = series.filter(({ name }) => name === selector.name);
        if (ofName.length === 0 || isOfTrouble(selector)) continue;
        const isThere = ofName.some((one) => takes(ofServices(selector), one));
        expect([selector, isThere]).toEqual([selector, true]);
      }
    },
  );

  it('are explained by docs/runbooks.md, which names no metric that is not there', () => {
    const text = readFileSync(join(packageRoot(), 'docs', 'runbooks.md'), 'utf8');
    const told = [...text.matchAll(/\bviblast_[a-z]\w+/g)].map(([name]) => name);
    expect(told.filter((name) => !exposed.has(name))).toEqual([]);
  });
});
