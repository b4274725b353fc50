import { importsOf } from './parsed.js';
import { isCode, isOfTests, type Rule } from './tree.js';

/** The pure core: no I/O, no clock, no random; they are passed in. */
export const core: readonly RegExp[] = [
  /^schemas\/(?!codec\/released-schemas)/,
  /^registry\/(fold|stream-rules|stream-options|policy-options|cluster-rules|topic-settings|member-fold|settings-fingerprint|name-contest)\.ts$/,
  /^kafka\/(expected-offset|start-position|produce-answer|murmur2|sticky-assignment)\.ts$/,
  /^tracker\/swarm\//,
  /^tracker\/neighbours\/(?!kafka-link|meet-neighbours|neighbour-metrics)/,
  /^tracker\/networks\/(?!watched-databases|open-networks)/,
  /^tracker\/announces\/(?!announce-writer)/,
  /^tracker\/sockets\/(conversation|token-bucket|browser-family)\.ts$/,
  /^tracker\/viblast\/(?!viewer-session|waiting-acknowledgements)/,
  /^tracker\/webtorrent\/(?!torrent-conversation)/,
  /^tracker\/(admission|ice|policy)\//,
  /^rollup\/(cells|commit-point|final-bounds|in-step|retained-minutes)\.ts$/,
  /^rollup\/partials\/(?!partials-reader)/,
  /^rollup\/totals\/(?!totals-reader)/,
  /^graphite\/(names|points|targets|render-answer|limits)\.ts$/,
  /^protocol\//,
  /^rollup\/sinks\/[a-z]+-(points|rows)\.ts$/,
  /^lab\/viewers\/(random|browsers|stream-profile|model|playback|swarm|announce-queue|messages)\.ts$/,
  /^lab\/viewers\/(statistics|ledger)\.ts$/,
  /^lab\/oracle\/(tables|plain-cell|plain-holdback|expected-[a-z]+|compare-announces)\.ts$/,
  /^lab\/bench\/swarm\/(?!main)/,
  /^lab\/simulation\/(?!main|worker|run-many)/,
  /^lab\/demo\/(figures|minute-table|report|chaos)\.ts$/,
];
const impure =
  /Date\.now\(|Math\.random\(|new Date\(\)|setTimeout\(|setInterval\(|randomUUID\(|randomBytes\(/;
const impureImport =
  /^node:(fs|net|http|timers|child_process|dgram|tls)|^(ws|kafkajs|pino|fastify)$/;

/** The core has no clock, random or I/O. */
export const pureCore: Rule = ({ files }) =>
  files
    .filter((file) => isCode(file) && !isOfTests(file))
    .filter(({ path }) => core.some((pattern) => pattern.test(path)))
    .flatMap((file) => [
      ...(impure.test(file.text)
        ? [`${file.path} uses ${impure.exec(file.text)?.[0] ?? ''}: have it passed in`]
        : []),
      ...importsOf(file)
        .filter((from) => impureImport.test(from))
        .map((from) => `${file.path} imports ${from}: the core does no I/O`),
    ]);
