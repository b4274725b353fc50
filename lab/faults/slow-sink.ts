import { setTimeout as wait } from 'node:timers/promises';
import type { SinkName } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';
import { asItComes, TcpRelay } from '../stack/index.js';
import { otherSinkGoesOn } from './other-sink.js';
import { slowSink } from './settings.js';
import type { FaultSystem } from './system.js';

const pieceBytes = 256;

/** A way to a sink that can be made slow, and counts what it holds up. */
class SlowWay {
  isSlow = false;
  heldUp = 0;

  /** Each piece comes later than it would. */
  async *late(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      if (this.isSlow) {
        this.heldUp += 1;
        await wait(slowSink.answerDelayMs);
      }
      yield piece;
    }
  }

  /** So many bytes a second are read, and no more. */
  async *slowly(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += pieceBytes) {
        const some = piece.subarray(at, at + pieceBytes);
        if (this.isSlow) {
          this.heldUp += some.length;
          await wait((some.length * 1_000) / slowSink.bytesPerSecond);
        }
        yield some;
      }
    }
  }
}

/** As a fault has them. */
interface SlowSink {
  readonly prepare: (system: FaultSystem) => Promise<() => Promise<void>>;
  readonly strike: (system: FaultSystem) => Promise<readonly string[]>;
}

/**
 * A sink that answers, but slowly: a rollup of the fault's own, which alone has the role totals
 * meanwhile, comes to it by a relay.
 */
export function sinkSlow(sink: SinkName, streams: readonly string[]): SlowSink {
  let way = new SlowWay();
  return {
    prepare: async (system) => {
      way = new SlowWay();
      return comeBy(await relayTo(sink, way, system), sink, system);
    },
    strike: async (system) => {
      const seen = await otherSinkGoesOn(sink, streams, system, slowSink.durationMs, async () => {
        system.say(`${sink} is slow`);
        way.isSlow = true;
        await system.wait(slowSink.durationMs).finally(() => (way.isSlow = false));
      });
      if (way.heldUp === 0) throw new AppError('not_slow', `nothing came to ${sink}`);
      const unit = sink === 'graphite' ? 'bytes read slowly' : 'answers held back';
      return [seen, `${way.heldUp} ${unit}`];
    },
  };
}

function relayTo(sink: SinkName, way: SlowWay, { stack }: FaultSystem): Promise<TcpRelay> {
  if (sink === 'graphite') {
    const { port } = new URL(`tcp://${stack.graphite.plaintext}`);
    return TcpRelay.open(
      () => Number(port),
      (pieces) => way.slowly(pieces),
      asItComes,
    );
  }
  const { port } = new URL(stack.clickhouse.url);
  return TcpRelay.open(
    () => Number(port),
    asItComes,
    (pieces) => way.late(pieces),
  );
}

/** Resolves with what ends the fault's rollup and has the others take over again. */
async function comeBy(
  relay: TcpRelay,
  sink: SinkName,
  { stack, totals, spare }: FaultSystem,
): Promise<() => Promise<void>> {
  const settings =
    sink === 'graphite'
      ? { graphite_port: String(relay.port) }
      : { clickhouse_url: `http://127.0.0.1:${relay.port}` };
  const guest = await stack.addRollup('totals', settings);
  await Promise.all([totals.stop(), spare.stop()]);
  return async () => {
    await Promise.all([totals.start(), spare.start()]);
    await guest.stop();
    relay.close();
  };
}
