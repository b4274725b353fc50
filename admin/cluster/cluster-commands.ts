import { Command } from 'commander';
import { readMembers, type RingState, type SeenMember } from '../../registry/index.js';
import type { ChangeRing, Ring } from '../../schemas/index.js';
import { exitCode, StartError } from '../../service/errors.js';
import { wholeNumber, withCommonOptions, type CommonOptions } from '../options.js';
import { refusedExitCode, withRegistryWriter } from '../registry-following.js';
import { print, withKafka } from '../with-kafka.js';
import { memberRows } from './member-rows.js';
import { memberTable, stagedLines } from './print-rings.js';
import { readLags, readRing } from './read-ring.js';
import { isStaged, nodesOf, problemsOf, type RingView } from './ring-report.js';

export interface RingCommands {
  readonly ring: Ring;
  /** `vbt-admin` or `vba-admin`, as messages name it. */
  readonly program: string;
  /** Who the registry's log says it was. */
  readonly actor: string;
  readonly setExitCode: (code: number) => void;
}

interface JsonOptions extends CommonOptions {
  readonly json: boolean;
}

interface SettlingOptions extends CommonOptions {
  readonly revision?: number;
}

/** `ringready`, `member-status` and `cluster …` of a ring. */
export function ringCommands(parts: RingCommands): readonly Command[] {
  return [ringReadyCommand(parts), memberStatusCommand(parts), clusterCommand(parts)];
}

function ringReadyCommand({ ring, setExitCode }: RingCommands): Command {
  return withCommonOptions(new Command('ringready'))
    .description('whether all members are there, agree, and share all partitions out')
    .option('--json', 'one JSON object', false)
    .action(async (options: JsonOptions) => {
      const view = await withKafka(options, (kafka, deadline) => readRing(kafka, ring, deadline));
      const problems = problemsOf(view);
      const isReady = problems.length === 0;
      if (options.json) print(JSON.stringify({ ready: isReady, problems }));
      else if (isReady) print(`TRUE ${nodesOf(view).length} nodes agree`);
      else print(['FALSE', ...problems].join('\n'));
      setExitCode(isReady ? exitCode.ok : refusedExitCode);
    });
}

function memberStatusCommand({ ring }: RingCommands): Command {
  return withCommonOptions(new Command('member-status'))
    .description('the nodes, what each has now, and will have once what is staged is committed')
    .option('--json', 'one JSON object', false)
    .action(async (options: JsonOptions) => {
      const { view, rows } = await readRows(options, ring);
      if (options.json) {
        const { revision, staged } = view.state;
        print(JSON.stringify({ ring, membership: modeOf(view), revision, staged, members: rows }));
        return;
      }
      print(memberTable(rows, view));
      for (const line of stagedLines(view)) print(`staged: ${line}`);
    });
}

function clusterCommand(parts: RingCommands): Command {
  const command = new Command('cluster').description('who is in the ring');
  const staging = (change: 'join' | 'leave', description: string): Command =>
    withCommonOptions(new Command(change))
      .description(description)
      .argument('[node]', "the node's name (default: this one, as VIBLAST_NODE_NAME says)")
      .action(async (node: string | undefined, options: CommonOptions) => {
        const name = node ?? ownName();
        await changeRing(parts, options, { change, node: name, replacement: '' });
        print(`staged: ${change} ${name}`);
      });
  const settling = (change: 'clear' | 'commit', description: string): Command =>
    withCommonOptions(new Command(change))
      .description(description)
      .option('--revision <number>', 'only if it is what this plan said', wholeNumber(0, 2 ** 53))
      .action(async (options: SettlingOptions) => {
        const state = await changeRing(parts, options, { change, node: '', replacement: '' });
        if (change === 'clear') print('nothing is staged any more');
        else print(`committed, now in the ring: ${state.members.join(', ') || 'nobody'}`);
      });
  return command
    .addCommand(staging('join', 'stage that a node comes in'))
    .addCommand(staging('leave', 'stage that a node goes: a tracker drains and ends'))
    .addCommand(replaceCommand(parts))
    .addCommand(planCommand(parts))
    .addCommand(settling('clear', 'drop all that is staged'))
    .addCommand(settling('commit', 'have what is staged take effect'));
}

function replaceCommand(parts: RingCommands): Command {
  return withCommonOptions(new Command('replace'))
    .description('stage that one node comes in the place of another')
    .argument('<old>', 'who goes')
    .argument('<new>', 'who comes')
    .action(async (node: string, replacement: string, options: CommonOptions) => {
      await changeRing(parts, options, { change: 'replace', node, replacement });
      print(`staged: replace ${node} by ${replacement}`);
    });
}

function planCommand({ ring }: RingCommands): Command {
  return withCommonOptions(new Command('plan'))
    .description('what is staged, and the shares before and after')
    .option('--json', 'one JSON object', false)
    .action(async (options: JsonOptions) => {
      const { view, rows } = await readRows(options, ring);
      const { revision, staged } = view.state;
      if (options.json) {
        print(JSON.stringify({ ring, revision, staged, members: rows }));
        return;
      }
      if (staged.length === 0) print('nothing is staged');
      for (const line of stagedLines(view)) print(line);
      print(memberTable(rows, view));
      if (staged.length > 0) print(`to have it take effect: cluster commit --revision ${revision}`);
    });
}

async function readRows(options: CommonOptions, ring: Ring) {
  return await withKafka(options, async (kafka, deadline) => {
    const view = await readRing(kafka, ring, deadline);
    const admin = await kafka.admin();
    try {
      return { view, rows: memberRows(view, await readLags(admin, ring, view.cluster)) };
    } finally {
      await admin.close();
    }
  });
}

function modeOf(view: RingView): 'staged' | 'automatic' {
  return isStaged(view) ? 'staged' : 'automatic';
}

function ownName(): string {
  const name = process.env['VIBLAST_NODE_NAME'] ?? '';
  if (name !== '') return name;
  const message = 'no node named, and VIBLAST_NODE_NAME is not set';
  throw new StartError('usage', message, exitCode.usage);
}

/** Writes a change at the revision that it was decided by: who comes second gets a conflict. */
async function changeRing(
  { ring, actor, program }: RingCommands,
  options: SettlingOptions,
  change: Omit<ChangeRing, 'ring' | 'expectedRevision'>,
): Promise<RingState> {
  return await withRegistryWriter(options, async ({ kafka, registry, writer }) => {
    const { live } = await readMembers(kafka);
    const nodes = nodesOf({ ring, live });
    if (change.change !== 'clear') checkAllUnderstand(nodes);
    const comes = change.change === 'join' ? change.node : change.replacement;
    if (comes !== '') checkIsThere(nodes, comes);
    const expectedRevision = options.revision ?? registry.ring(ring).revision;
    const outcome = await writer.changeRing({ ring, expectedRevision, ...change }, actor);
    if (outcome.ok) return outcome.state;
    const hint =
      outcome.reason === 'conflict'
        ? `: somebody else has changed it, look at "${program} cluster plan" and try again`
        : '';
    throw new StartError(outcome.reason, `${outcome.detail}${hint}`, refusedExitCode);
  });
}

/** A node of an earlier version would pass over the change, and go on as if there was none. */
function checkAllUnderstand(nodes: readonly SeenMember[]): void {
  const older = nodes.filter(({ isOlder }) => isOlder === true).map(({ member }) => member.name);
  if (older.length === 0) return;
  const message = `of an earlier version, which doesn't know who is in a ring: ${older.join(', ')}; upgrade first`;
  throw new StartError('older_nodes', message, refusedExitCode);
}

/** A name that is mistyped would be a member that is dead. */
function checkIsThere(nodes: readonly SeenMember[], name: string): void {
  const names = nodes.map(({ member }) => member.name);
  if (names.includes(name)) return;
  const there = names.length === 0 ? 'none is' : `${names.join(', ')} are`;
  const message = `${name} is no node that runs: start it first (${there} there)`;
  throw new StartError('not_found', message, refusedExitCode);
}
