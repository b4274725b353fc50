import { fetchSystem } from '../api/figures.js';
import type { Node, SystemAnswer } from '../api/shapes.js';
import { useNowMs } from '../data/connection.js';
import { usePolled } from '../data/polled.js';
import { absent, count, duration, percent } from '../format.js';
import { usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Skeleton } from '../parts/notice.js';
import { Table } from '../parts/table.js';
import type { Zone } from '../time/zone.js';

const everyMs = 5_000;

/** How the parts of the system are: nodes, lag, sinks, how far each partition is counted. */
export function SystemPage() {
  const { value, valueAtMs, failure } = usePolled('system', fetchSystem, everyMs);
  return (
    <>
      <Heading title="System" />
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['chart', 'chart']} />}
      {value !== undefined && <Parts system={value} isOld={failure !== undefined} />}
    </>
  );
}

function Parts({ system, isOld }: { readonly system: SystemAnswer; readonly isOld: boolean }) {
  const { trackers, rollups, ingests, portals, sinks, closed, registry } = system;
  return (
    <div class={isOld ? 'figures figures-old' : 'figures'}>
      <Nodes title="Trackers" nodes={trackers} hasViewers />
      <Nodes title="Rollups" nodes={rollups} />
      <Nodes title="Ingests" nodes={ingests} />
      <Nodes title="Portals" nodes={portals} />
      <Closed closed={closed} />
      <LagCard system={system} />
      <FactsCard title="Graphite" facts={sinks.graphite} />
      <FactsCard title="ClickHouse" facts={sinks.clickHouse} />
      <FactsCard title="Registry" facts={registry} />
      <p class="downloads wide">
        <a href="/api/docs">The API behind these pages</a>
      </p>
    </div>
  );
}

interface NodesProps {
  readonly title: string;
  readonly nodes: readonly Node[];
  readonly hasViewers?: boolean;
}

function Nodes({ title, nodes, hasViewers = false }: NodesProps) {
  return (
    <section class="card" aria-label={title}>
      <h2>
        {title} <small>{nodes.length}</small>
      </h2>
      {nodes.length === 0 && <p class="note">None is seen.</p>}
      {nodes.length > 0 && (
        <Table
          label={`${title}, table`}
          heads={[
            'Name',
            'State',
            ...(hasViewers ? ['Viewers', 'Load'] : noHeads),
            'Version',
            'Address',
          ]}
        >
          {nodes.map(({ name, state, isTroubled, version, viewers, load, address }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class={isTroubled ? 'trouble' : ''}>{state === '' ? '–' : state}</td>
              {hasViewers && <td>{count(viewers)}</td>}
              {hasViewers && <td>{percent(load)}</td>}
              <td>{version}</td>
              <td>{address}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

const noHeads: readonly string[] = [];

function LagCard({ system }: { readonly system: SystemAnswer }) {
  const { lag, detail } = system;
  return (
    <section class="card" aria-label="Lag">
      <h2>Lag</h2>
      {detail !== '' && <p class="trouble">{detail}</p>}
      <Table label="Lag, table" heads={['Reader', 'Topic', 'Records behind']}>
        {lag.map(({ group, topic, behindRecords }) => (
          <tr key={`${group} ${topic}`}>
            <th scope="row">{group}</th>
            <td>{topic}</td>
            <td>{count(behindRecords)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function FactsCard({ title, facts }: { readonly title: string; readonly facts: object }) {
  const { zone } = usePage();
  const told = Object.entries<unknown>({ ...facts }).filter(([, value]) => value !== '');
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <dl class="facts">
        {told.map(([name, value]) => (
          <div key={name}>
            <dt>{worded(name)}</dt>
            <dd>{textOf(name, value, zone)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Closed({ closed }: Pick<SystemAnswer, 'closed'>) {
  const nowMs = useNowMs(everyMs);
  return (
    <section class="card wide" aria-label="Counted up to">
      <h2>Counted up to</h2>
      <p class="note">the age of the last minute that each partition of the totals has closed</p>
      <ul class="partitions">
        {closed.map(({ partition, closedUntilMs }) => (
          <li key={partition}>
            <span>{partition}</span>
            <b>{closedUntilMs === null ? '–' : duration(Math.max(0, nowMs - closedUntilMs))}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

const words: Readonly<Record<string, string>> = {
  isReachable: 'answers',
  closedUntilMs: 'counted up to',
  finalUntilMs: 'no late report changes it up to',
  behindRecords: 'records behind',
};

/** What a fact is called: `isReadable` is “readable” unless it has words of its own. */
function worded(name: string): string {
  const own = words[name];
  if (own !== undefined) return own;
  const split = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return split.replace(/^is /, '').replace(/ ms$/, '');
}

function textOf(name: string, value: unknown, zone: Zone): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    return name.endsWith('UntilMs') ? zone.dayAndTime(value, 1_000) : count(value);
  }
  return typeof value === 'string' ? value : absent;
}
