import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeCodes, protocolLimits, type CloseCode } from '../../protocol/index.js';
import { trackerLimits } from '../limits.js';
import { AddressCounts } from './address-counts.js';
import type { Dialect, ViewerLink, ViewerRequest } from './conversation.js';
import { addressBlock } from './ip-address.js';

export type BeaconOutcome = 'taken' | 'refused' | 'unreadable' | 'too_many' | 'failed';

export interface BeaconOptions {
  /** The language of the messages. */
  readonly dialect: Dialect;
  /** What a viewer says in it that leaves. */
  readonly leaveText: string;
  readonly metrics: { beacon(outcome: BeaconOutcome): void };
  readonly onInternalError: (error: unknown) => void;
}

const statusOf: Readonly<Record<BeaconOutcome, number>> = {
  taken: 204,
  unreadable: 400,
  refused: 403,
  too_many: 429,
  failed: 500,
};

/**
 * `POST /beacon`: the last messages of a page that closes, a line each, as its socket would send
 * them. They are a conversation of its dialect like any other, under the same rules, which ends
 * behind them; no answer of it is kept.
 */
export class Beacons {
  /** By the block of the address, since who sends one may be gone before it is through. */
  readonly #underWay = new AddressCounts();

  constructor(private readonly options: BeaconOptions) {}

  async take(
    request: IncomingMessage,
    response: ServerResponse,
    viewer: ViewerRequest,
  ): Promise<void> {
    const outcome = await this.#outcomeOf(request, viewer);
    this.options.metrics.beacon(outcome);
    request.resume();
    response.writeHead(statusOf[outcome], { connection: 'close' });
    response.end();
  }

  async #outcomeOf(request: IncomingMessage, viewer: ViewerRequest): Promise<BeaconOutcome> {
    const block = addressBlock(viewer.address);
    if (this.#underWay.of(block) >= trackerLimits.beaconsPerAddressMax) return 'too_many';
    this.#underWay.add(block);
    try {
      const lines = (await textOf(request))?.split('\n').filter((line) => line.trim() !== '');
      if (lines === undefined || lines.length > trackerLimits.beaconLinesMax) return 'unreadable';
      return await this.#converse(lines, viewer);
    } catch (error) {
      this.options.onInternalError(error);
      return 'failed';
    } finally {
      this.#underWay.remove(block);
    }
  }

  async #converse(lines: readonly string[], viewer: ViewerRequest): Promise<BeaconOutcome> {
    const { dialect, leaveText } = this.options;
    const link = new BeaconLink();
    const conversation = dialect.begin(link, { ...viewer, isBeacon: true });
    try {
      for (const line of [...lines, leaveText]) conversation.receive(line);
      if (!conversation.hasGreeted) conversation.refuseSilence();
      return outcomeOf(await link.closed);
    } finally {
      conversation.closed();
    }
  }
}

function outcomeOf(code: CloseCode): BeaconOutcome {
  if (code === closeCodes.left) return 'taken';
  if (code === closeCodes.internal) return 'failed';
  const isUnread = code === closeCodes.noHello || code === closeCodes.badMessages;
  return isUnread ? 'unreadable' : 'refused';
}

/** There is nobody to read what is sent. */
class BeaconLink implements ViewerLink {
  readonly unsentBytes = 0;
  readonly closed: Promise<CloseCode>;
  #close: (code: CloseCode) => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  send(): void {
    // Nothing is kept.
  }

  close(code: CloseCode): void {
    this.#close(code);
  }
}

/** Undefined: it is too long, or its sender went away. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > protocolLimits.messageBytesMax) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}
