import { createServer, type Server, type Socket } from 'node:net';

/**
 * A stand-in for carbon's line receiver that reads, counts, and keeps the last value of the points
 * it is asked about.
 */
export class CountingCarbon {
  points = 0;
  readonly #values = new Map<string, number>();
  readonly #server: Server;

  private constructor(private readonly isKept: (metric: string) => boolean) {
    this.#server = createServer((socket) => this.#read(socket));
  }

  static async listen(isKept: (metric: string) => boolean): Promise<CountingCarbon> {
    const carbon = new CountingCarbon(isKept);
    await new Promise<void>((resolve) => carbon.#server.listen(0, '127.0.0.1', resolve));
    return carbon;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Different points among those that are kept. */
  get kept(): number {
    return this.#values.size;
  }

  /** The last value of a metric at a time in Unix seconds. */
  value(metric: string, timeSeconds: number): number | undefined {
    return this.#values.get(`${metric} ${timeSeconds}`);
  }

  forget(): void {
    this.#values.clear();
    this.points = 0;
  }

  close(): void {
    this.#server.close();
  }

  #read(socket: Socket): void {
    let rest = '';
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      this.points += lines.length;
      for (const line of lines) {
        const [metric = '', value = '', time = ''] = line.split(' ');
        if (this.isKept(metric)) this.#values.set(`${metric} ${time}`, Number(value));
      }
    });
  }
}
