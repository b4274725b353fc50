import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import {
  installPackages,
  PortReservations,
  startStack,
  type ProgramOutput,
  type Stack,
} from '../stack/index.js';
import { BareRoot } from './bare-root.js';
import { alive, checks, settingsOf } from './checks.js';
import { commandsOf } from './page-commands.js';
import { refusedWhenInstalled, refusedWithoutNode, type Refusal } from './refusals.js';
import { nextRelease, packRelease } from './tarballs.js';

const needs = [{ command: 'debootstrap', package: 'debootstrap', why: 'it makes the bare root' }];

/** Settings are compared from here on: what comes before writes them. */
const settingsAreMade = 'Several trackers on a host';

/**
 * Follows docs/install.md command by command on a bare Debian, against a real Kafka, ClickHouse
 * and Graphite, and looks at what came of each of its sections. False: something was wrong.
 */
export async function walkInstallation(
  output: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  await installPackages(needs, output.say);
  const folder = mkdtempSync(join(tmpdir(), 'viblast-install-'));
  const root = new BareRoot();
  const ports = new PortReservations();
  let stack: Stack | undefined;
  try {
    output.say('packing the release');
    const tarball = await packRelease(folder);
    const next = await nextRelease(folder, tarball);
    output.say('making a bare root');
    await root.make();
    for (const file of [tarball, next]) copyFileSync(join(folder, file), root.path('root', file));
    stack = await startStack({ signal, progress: output.say });
    const environment = { ...(await placesOf(stack, ports)), TARBALL: tarball, NEW_TARBALL: next };
    const isRefused = await areRefused(refusedWithoutNode, output, root, environment);
    root.addNode();
    return (await followPage(output, root, environment)) && isRefused;
  } finally {
    for (const [, { pid }] of alive(root)) process.kill(pid, 'SIGKILL');
    await stack?.stop();
    ports.release();
    root.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the servers are and which ports are free, by the names that the page has for them. */
async function placesOf(stack: Stack, ports: PortReservations): Promise<Record<string, string>> {
  const [graphiteHost = '', graphitePort = ''] = stack.graphite.plaintext.split(':');
  const reserve = async (): Promise<string> => String(await ports.reserve());
  return {
    KAFKA: stack.kafka.brokers.join(','),
    CLICKHOUSE_URL: stack.clickhouse.url,
    GRAPHITE_HOST: graphiteHost,
    GRAPHITE_PORT: graphitePort,
    TRACKER_PORT: await reserve(),
    AGENT_PORT: await reserve(),
    ADMIN_PORT: await reserve(),
    ROLLUP_ADMIN_PORT: await reserve(),
    INGEST_ADMIN_PORT: await reserve(),
    SECOND_TRACKER_PORT: await reserve(),
    SECOND_AGENT_PORT: await reserve(),
    SECOND_ADMIN_PORT: await reserve(),
  };
}

/** Each is refused as it has to be, and changes nothing. */
async function areRefused(
  refusals: readonly Refusal[],
  output: ProgramOutput,
  root: BareRoot,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const before = root.listing();
  let areAll = true;
  for (const { what, script, code: wanted, says } of refusals) {
    const { code, output: text } = await root.run(script, environment);
    const isRefused = code === wanted && text.includes(says) && root.listing() === before;
    output.show(`${isRefused ? 'PASS' : 'FAIL'} refused: ${what} (${code}: ${text.trim()})`);
    areAll &&= isRefused;
  }
  return areAll;
}

/** Goes on past what is wrong: all of it is told. */
async function followPage(
  output: ProgramOutput,
  root: BareRoot,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const page = readFileSync(join(packageRoot(), 'docs', 'install.md'), 'utf8');
  const blocks = commandsOf(page);
  for (const { script, notRun } of blocks) {
    if (notRun !== undefined) output.show(`not run: ${script.split('\n')[0] ?? ''} … (${notRun})`);
  }
  const run = blocks.filter(({ notRun }) => notRun === undefined);
  const headings = [...new Set(run.map(({ heading }) => heading))];
  let isRight = Object.keys(checks).every((heading) => headings.includes(heading));
  if (!isRight) output.show('FAIL docs/install.md has not all headings that are checked');
  let settings = '';
  for (const heading of headings) {
    const complaints: string[] = [];
    for (const { script } of run.filter((block) => block.heading === heading)) {
      const { code, output: text } = await root.run(script, environment);
      output.show(text.trimEnd());
      if (code !== 0) complaints.push(`exit code ${code} of:\n${script}\n${text}`);
    }
    if (heading === 'Install') {
      isRight = (await areRefused(refusedWhenInstalled, output, root, environment)) && isRight;
    }
    if (heading === settingsAreMade) settings = settingsOf(root);
    complaints.push(...(checks[heading]?.(root, settings) ?? []));
    output.show(`${complaints.length === 0 ? 'PASS' : 'FAIL'} ${heading}`);
    for (const complaint of complaints) output.show(`  ${complaint}`);
    isRight &&= complaints.length === 0;
  }
  return isRight;
}
