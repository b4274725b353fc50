import { setTimeout as wait } from 'node:timers/promises';
import { asItComes, TcpRelay } from '../../../lab/stack/index.js';

/** Shorter than graphite-web waits for the next bytes of carbon (`CARBONLINK_TIMEOUT`). */
const pauseMs = 1_000;

/** Stands between clients and a port of this host; one answer it lets through slowly, if asked. */
export class SlowLink {
  /** Where answers come from. */
  target = 0;
  /** So long the next answer takes at least, a byte each second. */
  nextAnswerMs = 0;
  #relay: TcpRelay | undefined;

  static async open(): Promise<SlowLink> {
    const link = new SlowLink();
    const answers = (pieces: AsyncIterable<Buffer>) => link.#slowly(pieces);
    link.#relay = await TcpRelay.open(() => link.target, asItComes, answers);
    return link;
  }

  get port(): number {
    return this.#relay?.port ?? 0;
  }

  close(): void {
    this.#relay?.close();
  }

  async *#slowly(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of pieces) {
      const slowBytes = Math.min(bytes.length, this.nextAnswerMs / pauseMs);
      this.nextAnswerMs = 0;
      for (let sent = 0; sent < slowBytes; sent += 1) {
        yield bytes.subarray(sent, sent + 1);
        await wait(pauseMs);
      }
      yield bytes.subarray(slowBytes);
    }
  }
}
