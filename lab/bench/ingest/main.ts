import { openClickHouse } from '../../../clickhouse/index.js';
import { connectKafka } from '../../../kafka/index.js';
import { exitCode, messageOf, StartError } from '../../../service/errors.js';
import type { Logger } from '../../../service/logs.js';
import { setUpCluster, startStack, type Stack } from '../../stack/index.js';
import { differences } from './check.js';
import { followDrain } from './drain.js';
import { fillTopic, type Filled } from './fill.js';
import { compareFormats } from './formats.js';
import { machineLine } from './machine.js';
import { parseCommandLine, type IngestBenchOptions } from './options.js';
import { drainFigures, drainLines } from './report.js';

/**
 * `npm run bench:ingest`: fills Kafka, starts ingest, watches it drain the topic into ClickHouse,
 * and compares every sum. Figures on stdout, progress on stderr. Ends with 1 when a target was
 * missed or anything differs.
 */

const targetRowsPerCpuSecond = 300_000;

const say = (line: string): void => void process.stderr.write(`bench:ingest: ${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields, message) => say(message),
  error: (_fields, message) => say(message),
};

const parsed = parseCommandLine(process.argv.slice(2));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: IngestBenchOptions): Promise<number> {
  const stopping = new AbortController();
  let stack: Stack | undefined;
  const stop = (): void => {
    stopping.abort();
    void stack?.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  try {
    stack = await startStack({ progress: say, signal: stopping.signal });
    const isGood = await measure(stack, options);
    return isGood ? exitCode.ok : 1;
  } catch (error) {
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  } finally {
    await stack?.stop();
  }
}

async function measure(stack: Stack, options: IngestBenchOptions): Promise<boolean> {
  await setUpCluster(stack.kafka.brokers, { partitions: options.partitions });
  const filled = await fill(stack, options);
  print(`machine   ${machineLine()}`);
  print(`command   npm run bench:ingest -- ${process.argv.slice(2).join(' ')}`);
  print(
    `log       ${filled.rows} announces of ${filled.sessions} sessions in ${filled.records} records ` +
      `of ${options.batch}, ${options.partitions} partitions, ${filled.recordBytes} bytes`,
  );
  const processes = [];
  for (let count = 0; count < options.ingests; count += 1) processes.push(await stack.addIngest());
  const { clickhouse } = stack;
  const samples = await followDrain(processes, clickhouse.process.pid, filled.rows, ({ rows }) =>
    say(`${rows} of ${filled.rows} rows`),
  );
  const figures = drainFigures(samples);
  print(`\nend to end, ${options.ingests} ingest process(es)`);
  for (const line of drainLines(figures, targetRowsPerCpuSecond)) print(`  ${line}`);
  const database = openClickHouse({ ...clickhouse, user: 'default', password: '', logger });
  try {
    const found = await differences(database, filled);
    for (const line of found) print(`  DIFFERS ${line}`);
    print(`  what stands in ClickHouse      ${found.length} differences from what was made`);
    print(`\nformats, ${options.formatRows} rows: CPU to encode (best of 3), then one insert`);
    await compareFormats(database, clickhouse.process.pid, options, (line) => print(`  ${line}`));
    return (
      found.length === 0 && figures.isFlat && figures.rowsPerCpuSecond >= targetRowsPerCpuSecond
    );
  } finally {
    await database.close();
  }
}

async function fill(stack: Stack, options: IngestBenchOptions): Promise<Filled> {
  say(`making ${options.announces} announces`);
  const kafka = connectKafka({ brokers: stack.kafka.brokers, clientId: 'bench-ingest', logger });
  const producer = await kafka.producer();
  try {
    return await fillTopic(producer, options, Date.now());
  } finally {
    await producer.close();
  }
}
