import { createServer, type Server, type Socket } from 'node:net';

const newline = 0x0a;

/**
 * A stand-in for carbon that reads all points and counts those of streams by their time; it knows
 * when which one came.
 */
export class ArrivingPoints {
  points = 0;
  readonly #byTime = new Map<string, number>();
  readonly #arrivedAtMs = new Map<string, number>();
  readonly #server: Server;

  private constructor(private readonly pointsPerTime: number) {
    this.#server = createServer((socket) => this.#read(socket));
  }

  /** `pointsPerTime`: how many there are of all streams, without those over all. */
  static async listen(pointsPerTime: number): Promise<ArrivingPoints> {
    const arriving = new ArrivingPoints(pointsPerTime);
    await new Promise<void>((resolve) => arriving.#server.listen(0, '127.0.0.1', resolve));
    return arriving;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** When as many points of a time in Unix seconds had come as there are, Unix ms. */
  allArrivedAtMs(timeSeconds: number): number | undefined {
    return this.#arrivedAtMs.get(String(timeSeconds));
  }

  close(): void {
    this.#server.close();
  }

  #read(socket: Socket): void {
    let rest = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      const end = chunk.lastIndexOf(newline);
      if (end < 0) {
        rest += chunk.toString('latin1');
        return;
      }
      const text = rest + chunk.toString('latin1', 0, end);
      rest = chunk.toString('latin1', end + 1);
      for (const line of text.split('\n')) this.#count(line);
    });
  }

  #count(line: string): void {
    this.points += 1;
    if (line.includes('.total.')) return;
    const time = line.slice(line.lastIndexOf(' ') + 1);
    const count = (this.#byTime.get(time) ?? 0) + 1;
    this.#byTime.set(time, count);
    if (count === this.pointsPerTime) this.#arrivedAtMs.set(time, Date.now());
  }
}
