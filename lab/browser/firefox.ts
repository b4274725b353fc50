import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** Told on stderr, once it can be driven. */
const listeningShape = /WebDriver BiDi listening on (ws:\/\/\S+)/;
const startMsMax = 60_000;

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/**
 * Debian's Firefox with one window, driven by WebDriver BiDi itself: Playwright drives builds of
 * its own alone.
 */
export class Firefox {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #window = '';
  #lastId = 0;

  private constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.on('message', (data: Buffer) => {
      const reply = JSON.parse(data.toString('utf8')) as Reply;
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    });
  }

  /** Starts it in a time zone. Rejects when it can't be driven within a minute. */
  static async start(timeZone: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'viblast-firefox-'));
    writeFileSync(join(profile, 'user.js'), preferences);
    const child = spawn(
      'firefox-esr',
      ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, TZ: timeZone, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
      },
    );
    try {
      const socket = new WebSocket(`${await listeningAddress(child)}/session`);
      await new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      });
      const firefox = new Firefox(child, socket, profile);
      await firefox.#send('session.new', { capabilities: {} });
      const tree = (await firefox.#send('browsingContext.getTree', {})) as {
        readonly contexts: readonly { readonly context: string }[];
      };
      firefox.#window = tree.contexts[0]?.context ?? '';
      return firefox;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.#send('browsingContext.navigate', { context: this.#window, url, wait: 'complete' });
  }

  /** What an expression comes to in the page: text, a number, true or false. */
  async evaluate(expression: string): Promise<unknown> {
    const evaluated = (await this.#send('script.evaluate', {
      expression,
      target: { context: this.#window },
      awaitPromise: true,
    })) as Evaluated;
    if (evaluated.type === 'exception') {
      throw new Error(evaluated.exceptionDetails?.text ?? 'the script failed');
    }
    return evaluated.result?.value;
  }

  /** Takes the network from the page, or gives it back; the page is told so. */
  async setOffline(isOffline: boolean): Promise<void> {
    const networkConditions = isOffline ? { type: 'offline' } : null;
    const contexts = [this.#window];
    await this.#send('emulation.setNetworkConditions', { networkConditions, contexts });
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#socket.close();
    this.#child.kill('SIGTERM');
    await exited;
    rmSync(this.#profile, { recursive: true, force: true });
  }

  async #send(method: string, params: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const replied = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const reply = await replied;
    this.#waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.message ?? reply.error}`);
    return reply.result;
  }
}

/** It asks nobody for updates, and shows no pages of its own. */
const preferences = [
  ['app.update.enabled', false],
  ['browser.shell.checkDefaultBrowser', false],
  ['browser.startup.page', 0],
  ['datareporting.policy.dataSubmissionEnabled', false],
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['toolkit.telemetry.reportingpolicy.firstRun', false],
]
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
  .join('');

function listeningAddress({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (stderr === null) throw new Error('firefox: no pipe');
    const timer = setTimeout(() => reject(new Error('Firefox cannot be driven')), startMsMax);
    const lines = createInterface({ input: stderr });
    lines.on('line', (line) => {
      const [, address] = listeningShape.exec(line) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    lines.once('close', () => reject(new Error('Firefox has ended')));
  });
}
