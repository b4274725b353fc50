import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';

/** Which rooms a room may import from; through their index.ts, but for service/, a drawer of single tools. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  service: [],
  schemas: ['service'],
  protocol: ['service', 'schemas'],
  graphite: ['service', 'schemas'],
  kafka: ['service', 'schemas'],
  clickhouse: ['service', 'schemas'],
  registry: ['service', 'schemas', 'graphite', 'kafka'],
  tracker: ['service', 'schemas', 'protocol', 'kafka', 'registry'],
  rollup: ['service', 'schemas', 'graphite', 'kafka', 'registry', 'clickhouse'],
  ingest: ['service', 'schemas', 'kafka', 'registry', 'clickhouse'],
  'portal-api': ['service', 'schemas', 'graphite', 'kafka', 'registry'],
  admin: ['service', 'schemas', 'graphite', 'kafka', 'registry', 'clickhouse'],
  'lab/viewers': ['service', 'schemas', 'protocol'],
  'lab/oracle': ['service', 'schemas', 'graphite', 'clickhouse', 'lab/viewers'],
  'lab/stack': ['service', 'schemas', 'lab/viewers'],
  'lab/demo': ['service', 'schemas', 'graphite', 'lab/viewers', 'lab/oracle', 'lab/stack'],
  'lab/faults': [
    ...['service', 'schemas', 'graphite', 'kafka', 'registry'],
    ...['lab/viewers', 'lab/oracle', 'lab/stack'],
  ],
  'lab/simulation': [
    ...['service', 'schemas', 'graphite', 'kafka', 'registry', 'clickhouse', 'tracker', 'rollup'],
  ],
  'lab/bench': [
    ...['service', 'schemas', 'graphite', 'kafka', 'clickhouse', 'ingest'],
    ...['lab/stack', 'lab/viewers'],
  ],
};

/** Rooms that run and break the insides of others: that is what they are for. */
const reachesInside = new Set(['lab/simulation', 'lab/bench', 'lab/oracle']);

/** Libraries that one room alone may import. */
const onlyIn: Readonly<Record<string, string>> = {
  kafkajs: 'kafka',
  'graphite-client': 'graphite',
  '@clickhouse/client': 'clickhouse',
  chdb: 'lab/stack',
  fastify: 'portal-api',
};

/** The pure core: no I/O, no clock, no random; they are passed in. */
const core = [
  /^schemas\/(?!codec\/released-schemas)/,
  /^registry\/(fold|stream-rules|cluster-rules|topic-settings|member-fold|settings-fingerprint|name-contest)\.ts$/,
  /^kafka\/(expected-offset|start-position|produce-answer|murmur2|sticky-assignment)\.ts$/,
  /^tracker\/swarm\//,
  /^rollup\/(cells|commit-point|in-step)\.ts$/,
  /^rollup\/partials\/(?!partials-reader)/,
  /^rollup\/totals\/(?!totals-reader)/,
  /^graphite\/(names|points|targets|render-answer|turns|limits)\.ts$/,
  /^protocol\//,
  /^rollup\/sinks\/[a-z]+-(points|rows)\.ts$/,
  /^lab\/viewers\/(random|browsers|stream-profile|model|playback|swarm|announce-queue|messages)\.ts$/,
  /^lab\/viewers\/(statistics|ledger)\.ts$/,
  /^lab\/oracle\/(tables|expected-[a-z]+|compare-announces)\.ts$/,
  /^lab\/simulation\/(?!main|worker|run-many)/,
  /^lab\/demo\/(figures|minute-table|report|chaos)\.ts$/,
];
const impure =
  /Date\.now\(|Math\.random\(|new Date\(\)|setTimeout\(|setInterval\(|randomUUID\(|randomBytes\(/;
const impureImport =
  /^node:(fs|net|http|timers|child_process|dgram|tls)|^(ws|kafkajs|pino|fastify)$/;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourcesIn(folder: string): Source[] {
  const root = packageRoot();
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .filter((name) => !name.split(sep).includes('node_modules'))
    .map((name) => {
      const path = join(folder, name).split(sep).join('/');
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
        ([, from = '']) => from,
      );
      return { path, text, imports };
    });
}

const sources = Object.keys(mayImport).flatMap(sourcesIn);
const isTest = ({ path }: Source): boolean => /\.test\.tsx?$|\/testing\//.test(path);

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'lab' ? `lab/${second}` : first;
}

function targetOf(source: Source, imported: string): string {
  const root = packageRoot();
  const folder = dirname(join(root, source.path));
  return relative(root, join(folder, imported)).split(sep).join('/');
}

describe('the tree', () => {
  it('has sources in every room, so that this test checks something', () => {
    for (const room of Object.keys(mayImport)) {
      expect(sources.filter(({ path }) => roomOf(path) === room).length).toBeGreaterThan(0);
    }
  });

  it('imports one way between rooms, and only through a room’s index', () => {
    const wrong: string[] = [];
    for (const source of sources) {
      for (const imported of source.imports.filter((from) => from.startsWith('.'))) {
        const target = targetOf(source, imported);
        const [from, to] = [roomOf(source.path), roomOf(target)];
        if (from === to || (isTest(source) && to === 'test')) continue;
        const isAllowed = mayImport[from]?.includes(to) === true;
        const isByIndex =
          reachesInside.has(from) || to === 'service' || /\/index\.js$/.test(target);
        if (!isAllowed || !isByIndex) wrong.push(`${source.path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps each wrapped library in its room', () => {
    const wrong = sources
      .filter((source) => !isTest(source))
      .flatMap(({ path, imports }) =>
        imports
          .filter((imported) => (onlyIn[imported] ?? roomOf(path)) !== roomOf(path))
          .map((imported) => `${path} imports ${imported}`),
      );
    expect(wrong).toEqual([]);
  });

  it('has a core without clock, random or I/O', () => {
    const wrong = sources
      .filter((source) => !isTest(source) && core.some((pattern) => pattern.test(source.path)))
      .flatMap(({ path, text, imports }) => [
        ...(impure.test(text) ? [`${path} uses ${impure.exec(text)?.[0] ?? ''}`] : []),
        ...imports
          .filter((from) => impureImport.test(from))
          .map((from) => `${path} imports ${from}`),
      ]);
    expect(wrong).toEqual([]);
  });

  it('has no focused or skipped test, no suppressed check, no unfinished mark', () => {
    const unfinished = ['TO' + 'DO', 'FIX' + 'ME'].join('|');
    const marks = new RegExp(
      `\\b(${unfinished})\\b|\\b(it|describe)\\.(only|skip|todo)|@ts-(ignore|nocheck)`,
    );
    const wrong = sources
      .filter(({ text }) => marks.test(text))
      .map(({ path, text }) => `${path}: ${marks.exec(text)?.[0] ?? ''}`);
    expect(wrong).toEqual([]);
  });
});
