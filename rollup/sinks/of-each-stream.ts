import type { SinkName } from '../../schemas/index.js';
import type { SetAside } from '../set-aside.js';
import type { MinuteWrite } from './sink.js';

/**
 * What `encode` makes of a write; where it throws, of each of its streams, and those for which it
 * throws again are set aside.
 */
export function ofEachStream<Encoded>(
  write: MinuteWrite,
  setAside: SetAside,
  where: SinkName,
  encode: (write: MinuteWrite) => Encoded,
): Encoded[] {
  try {
    return [encode(write)];
  } catch {
    return streamsOf(write).flatMap((stream) => {
      try {
        return [encode(onlyOf(write, stream))];
      } catch (error) {
        setAside({ where, stream, minute: write.minute, error });
        return [];
      }
    });
  }
}

function streamsOf({ totals, previous }: MinuteWrite): string[] {
  return [...new Set([...totals.map(({ stream }) => stream), ...previous.keys()])];
}

function onlyOf(write: MinuteWrite, stream: string): MinuteWrite {
  const before = write.previous.get(stream);
  return {
    ...write,
    totals: write.totals.filter((total) => total.stream === stream),
    previous: new Map(before === undefined ? [] : [[stream, before]]),
  };
}
