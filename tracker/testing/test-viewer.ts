import { randomBytes } from 'node:crypto';
import { WebSocket, type ClientOptions } from 'ws';
import type { AnnounceFields, ServerMessage } from '../../protocol/index.js';

const waitMsMax = 60_000;

/** The types of ws leave out what it hands on to net.connect. */
type SocketOptions = ClientOptions & { readonly localAddress?: string | undefined };

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export function newSession(): string {
  return randomBytes(16).toString('base64url');
}

/** Polls until it holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const endMs = Date.now() + waitMsMax;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A viewer's socket that keeps all it receives. */
export class TestViewer {
  readonly received: ServerMessage[] = [];
  /** All frames, also those of a dialect without JSON. */
  readonly texts: string[] = [];
  closeCode: number | undefined;
  closeReason = '';
  upgradeStatus: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      this.texts.push(text);
      if (text.startsWith('{')) this.received.push(JSON.parse(text) as ServerMessage);
    });
    socket.on('close', (code, reason) => {
      this.closeCode = code;
      this.closeReason = reason.toString('utf8');
    });
    socket.on('unexpected-response', (_request, response) => {
      this.upgradeStatus = response.statusCode;
      response.resume();
      this.closeCode = 1006;
    });
    socket.on('error', () => undefined);
  }

  /** Resolves when the socket is open or refused. */
  static async connect(
    url: string,
    protocols: string | string[] = 'viblast.v1',
    options: SocketOptions = {},
  ): Promise<TestViewer> {
    const viewer = new TestViewer(new WebSocket(url, protocols, options));
    await until(
      () => viewer.socket.readyState === WebSocket.OPEN || viewer.closeCode !== undefined,
      'the socket opens',
    );
    return viewer;
  }

  /** Connects and joins. */
  static async join(
    url: string,
    stream: string,
    session = newSession(),
    credentials: { readonly token?: string; readonly ticket?: string } = {},
    options: SocketOptions = {},
  ): Promise<TestViewer> {
    const viewer = await TestViewer.connect(url, undefined, options);
    viewer.send({ type: 'hello', stream, session, browser: 'Firefox', ...credentials });
    await viewer.next('welcome');
    return viewer;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  announce(announces: AnnounceFields[], peersWanted = 8): void {
    this.send({ type: 'announce', announces, peersWanted });
  }

  of<Type extends ServerMessage['type']>(type: Type): MessageOf<Type>[] {
    return this.received.filter((message): message is MessageOf<Type> => message.type === type);
  }

  get acknowledged(): number[] {
    return this.of('acknowledged').flatMap(({ numbers }) => numbers);
  }

  get peer(): string {
    return this.of('welcome')[0]?.peer ?? '';
  }

  /** The `index`th message of the type, when it is there. */
  async next<Type extends ServerMessage['type']>(type: Type, index = 0): Promise<MessageOf<Type>> {
    await until(() => this.of(type).length > index, `${type} ${index} comes`);
    const message = this.of(type)[index];
    if (message === undefined) throw new Error('unreachable');
    return message;
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== undefined, 'the socket closes');
    return this.closeCode ?? 0;
  }

  end(): void {
    this.socket.terminate();
  }
}
