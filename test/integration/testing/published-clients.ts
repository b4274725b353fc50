import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clientsFolder } from '../../../lab/clients/published.js';
import { compiledTree } from '../../../lab/stack/process/compiled-tree.js';
import { boundAddress, listen } from '../../../service/admin-server.js';
import { until } from '../../../tracker/testing/test-viewer.js';

/** What a published client emitted, by its event. */
export interface ClientEvent {
  readonly event: string;
  readonly id?: string;
  readonly text?: string;
  readonly message?: string;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly interval?: number;
}

/** A `bittorrent-tracker` client as it is published, in a process of its own. */
export class PublishedClient {
  readonly events: ClientEvent[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  #errors = '';

  constructor(
    name: string,
    announce: string,
    infoHash: string,
    readonly peerId: string,
  ) {
    const program = join(compiledTree(), 'lab', 'clients', 'torrent-client-main.js');
    this.#child = spawn(process.execPath, [program, name, announce, infoHash, peerId]);
    this.#child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.events.push(JSON.parse(line) as ClientEvent),
    );
  }

  do(verb: 'start' | 'update' | 'complete' | 'stop' | 'scrape' | 'destroy'): void {
    this.#child.stdin.write(`${verb}\n`);
  }

  of(event: string): ClientEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  /** The first event of this kind behind the first `after` ones, when it is there. */
  async next(event: string, after = 0): Promise<ClientEvent> {
    await until(
      () => this.of(event).length > after || this.#child.exitCode !== null,
      `${event} comes`,
    );
    const found = this.of(event)[after];
    if (found === undefined) throw new Error(`the client ended: ${this.#errors}`);
    return found;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

export interface PageServer {
  readonly url: string;
  close(): void;
}

const media = 'what a segment holds, as bytes; '.repeat(2_000);

/** The text of every segment. */
export const segmentText = media;

/**
 * Serves `/PACKAGE/PAGE.html` of lab/clients/pages, `/PACKAGE/core.js` as that package has it for
 * pages, and segments.
 */
export async function servePages(scripts: Readonly<Record<string, string>>): Promise<PageServer> {
  const server: Server = createServer((request, response) => {
    const [, name = '', file = ''] = new URL(request.url ?? '/', 'http://pages').pathname.split(
      '/',
    );
    const script = scripts[name];
    if (file === 'segment') {
      response.end(media);
    } else if (file === 'core.js' && script !== undefined) {
      response.setHeader('content-type', 'text/javascript');
      createReadStream(join(clientsFolder, 'node_modules', name, script)).pipe(response);
    } else if (/^[\w.-]+\.html$/.test(file)) {
      response.setHeader('content-type', 'text/html');
      createReadStream(join(clientsFolder, 'pages', file)).pipe(response);
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await listen(server, '127.0.0.1', 0);
  return {
    url: `http://${boundAddress(server)}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
