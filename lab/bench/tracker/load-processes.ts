import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadCommand, LoadFigures, LoadPlan, LoadReport } from './load/plan.js';

/** Below the 20 000 files that a process may have here. */
const socketsPerProcess = 15_000;
/** Loopback addresses of each process. */
const addressesPerProcess = 10;

/** Processes that load a server together, ended by `end` or with this process. */
export class LoadProcesses {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** Resolves when all sockets stand, and rejects when one doesn't. */
  static async connect(plan: Omit<LoadPlan, 'firstAddress'>): Promise<LoadProcesses> {
    const count = Math.ceil(plan.sockets / socketsPerProcess);
    const children = Array.from({ length: count }, () =>
      fork(join(import.meta.dirname, 'load', 'main.js'), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    const load = new LoadProcesses(children);
    try {
      await Promise.all(
        children.map((child, index) => {
          const sockets = Math.ceil((plan.sockets - index) / count);
          const firstAddress = 1 + index * addressesPerProcess;
          return ask(child, { do: 'connect', plan: { ...plan, sockets, firstAddress } });
        }),
      );
    } catch (error) {
      await load.end();
      throw error;
    }
    return load;
  }

  announce(): void {
    for (const child of this.children) child.send({ do: 'announce' } satisfies LoadCommand);
  }

  /** Of all processes since this was asked last. */
  async figures(): Promise<LoadFigures> {
    const reports = await Promise.all(this.children.map((child) => ask(child, { do: 'tell' })));
    const all = reports.flatMap((report) => (report.is === 'figures' ? [report.figures] : []));
    const sum = (of: (figures: LoadFigures) => number): number =>
      all.reduce((total, figures) => total + of(figures), 0);
    const most = (of: (figures: LoadFigures) => number): number => Math.max(...all.map(of));
    return {
      sent: sum(({ sent }) => sent),
      answered: sum(({ answered }) => answered),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      failed: all.flatMap(({ failed }) => failed),
      answerBytes: most(({ answerBytes }) => answerBytes),
      acknowledgedBytes: most(({ acknowledgedBytes }) => acknowledgedBytes),
      answerMs: {
        p50: most(({ answerMs }) => answerMs.p50),
        p99: most(({ answerMs }) => answerMs.p99),
        p999: most(({ answerMs }) => answerMs.p999),
      },
    };
  }

  async end(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        if (child.connected) child.send({ do: 'end' } satisfies LoadCommand);
        await exited;
      }),
    );
  }
}

async function ask(child: ChildProcess, command: LoadCommand): Promise<LoadReport> {
  const gone = new AbortController();
  const { signal } = gone;
  try {
    const answer = once(child, 'message', { signal }) as Promise<[LoadReport]>;
    const exit = once(child, 'exit', { signal }).then(() => {
      throw new Error('a load process ended');
    });
    exit.catch(() => undefined);
    child.send(command);
    const [report] = await Promise.race([answer, exit]);
    if (report.is === 'failed') throw new Error(`the load: ${report.reason}`);
    return report;
  } finally {
    gone.abort();
  }
}
