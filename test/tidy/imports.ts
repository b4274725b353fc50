import { importedFiles, importsOf } from './parsed.js';
import { isCode, isOfTests, roomOf, type Rule } from './tree.js';

/** What they share; it imports nothing above it. */
const ground = [
  'service',
  'schemas',
  'protocol',
  'graphite',
  'kafka',
  'clickhouse',
  'registry',
  'accounts',
];
/** What runs. */
const product = ['tracker', 'rollup', 'ingest', 'portal-api', 'peer', 'admin'];

/**
 * Within the storeys: which rooms a room may import from. A room that isn't here imports nothing.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  service: [],
  schemas: ['service'],
  protocol: ['service', 'schemas'],
  graphite: ['service', 'schemas'],
  kafka: ['service', 'schemas'],
  clickhouse: ['service', 'schemas'],
  registry: ['service', 'schemas', 'graphite', 'kafka'],
  accounts: ['service', 'registry'],
  tracker: ['service', 'schemas', 'protocol', 'kafka', 'registry'],
  rollup: ['service', 'schemas', 'graphite', 'kafka', 'registry', 'clickhouse'],
  ingest: ['service', 'schemas', 'kafka', 'registry', 'clickhouse'],
  'portal-api': ['service', 'schemas', 'graphite', 'kafka', 'registry', 'accounts'],
  admin: ['service', 'schemas', 'graphite', 'kafka', 'registry', 'clickhouse', 'accounts'],
  'lab/viewers': ['service', 'schemas', 'protocol'],
  'lab/clients': ['service'],
  'lab/fuzz': ['service', 'protocol', 'lab/stack'],
  'lab/oracle': ['service', 'schemas', 'graphite', 'clickhouse', 'lab/viewers'],
  'lab/stack': ['service', 'schemas', 'lab/viewers'],
  'lab/alerts': ['service', 'lab/stack'],
  'lab/browser': ['service', 'lab/stack', 'lab/viewers'],
  'lab/demo': ['service', 'schemas', 'graphite', 'lab/viewers', 'lab/oracle', 'lab/stack'],
  'lab/faults': [
    'service',
    'schemas',
    'graphite',
    'kafka',
    'registry',
    'lab/viewers',
    'lab/oracle',
    'lab/stack',
  ],
  'lab/install': ['service', 'lab/stack'],
  'lab/kubernetes': ['service', 'lab/stack'],
  'lab/hostile': [
    'service',
    'schemas',
    'protocol',
    'kafka',
    'lab/viewers',
    'lab/oracle',
    'lab/stack',
  ],
  'lab/simulation': [
    'service',
    'schemas',
    'graphite',
    'kafka',
    'registry',
    'clickhouse',
    'tracker',
    'rollup',
    'ingest',
    'lab/oracle',
  ],
  'lab/bench': [
    'service',
    'schemas',
    'protocol',
    'graphite',
    'kafka',
    'clickhouse',
    'tracker',
    'protocol',
    'registry',
    'ingest',
    'lab/browser',
    'lab/demo',
    'lab/hostile',
    'lab/oracle',
    'lab/stack',
    'lab/viewers',
  ],
};

export const rooms: readonly string[] = Object.keys(mayImport);

/** Rooms that run and break the insides of others: that is what they are for. */
const reachesInside = new Set(['lab/simulation', 'lab/bench', 'lab/oracle']);

/** Within a room: what one folder's files may not import. */
const notWithin: readonly (readonly [from: RegExp, to: RegExp, why: string])[] = [
  [
    /^tracker\/sockets\//,
    /^tracker\/(viblast|webtorrent)\//,
    'sockets know no dialect but by tracker/sockets/conversation.ts',
  ],
];

/** Libraries that one room alone may import. */
const onlyIn: Readonly<Record<string, string>> = {
  kafkajs: 'kafka',
  'graphite-client': 'graphite',
  '@clickhouse/client': 'clickhouse',
  chdb: 'lab/stack',
  fastify: 'portal-api',
};

/** lab → product → ground: why a room may not import another, whatever the table of rooms says. */
function againstTheStoreys(from: string, to: string): string | undefined {
  const isLab = from.startsWith('lab');
  if (to.startsWith('lab') && !isLab) return 'only lab/ and test/ may import lab/';
  if (to === 'test') return 'nothing but test/ imports test/';
  if (ground.includes(from) && !ground.includes(to)) return 'ground rooms import only ground';
  if (product.includes(from) && !ground.includes(to)) return 'product rooms import only ground';
  return undefined;
}

/** lab → product → ground; between rooms only as the table says, and through a room's index.ts. */
export const importsOneWay: Rule = (tree) =>
  tree.files
    .filter((file) => isCode(file) && roomOf(file.path) !== 'test' && file.path.includes('/'))
    .flatMap((file) =>
      importedFiles(file, tree).flatMap((target) => {
        const [from, to] = [roomOf(file.path), roomOf(target)];
        // A test beside its source uses what all tests share.
        if (from === to || (to === 'test' && isOfTests(file))) return [];
        const says = `${file.path} imports ${target}`;
        const storeys = againstTheStoreys(from, to);
        if (storeys !== undefined) return [`${says}: ${storeys}`];
        if (mayImport[from]?.includes(to) !== true) {
          return [`${says}: ${from}/ may not import ${to}/ (the table in test/tidy/imports.ts)`];
        }
        const isByIndex =
          reachesInside.has(from) || to === 'service' || /\/index\.ts$/.test(target);
        return isByIndex ? [] : [`${says}: import ${to}/index.js`];
      }),
    );

/** Folders of one room that may not know each other. */
export const foldersApart: Rule = (tree) =>
  tree.files
    .filter((file) => isCode(file) && !isOfTests(file))
    .flatMap((file) =>
      importedFiles(file, tree).flatMap((target) =>
        notWithin
          .filter(([from, to]) => from.test(file.path) && to.test(target))
          .map(([, , why]) => `${file.path} imports ${target}: ${why}`),
      ),
    );

/** Each wrapped library is imported by its room alone; tests may. */
export const wrappedLibraries: Rule = ({ files }) =>
  files
    .filter((file) => isCode(file) && !isOfTests(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((from) => (onlyIn[from] ?? roomOf(file.path)) !== roomOf(file.path))
        .map((from) => `${file.path} imports ${from}: only ${onlyIn[from] ?? ''}/ may`),
    );
