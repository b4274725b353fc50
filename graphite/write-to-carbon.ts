import { once } from 'node:events';
import { connect } from 'node:net';
import { AppError, messageOf } from '../service/errors.js';

const connectTimeoutMs = 10_000;
const linesPerWrite = 1_000;

export interface CarbonPoint {
  readonly metric: string;
  readonly value: number;
  readonly timeS: number;
}

/**
 * Writes points once, on a connection of their own, and resolves when carbon has closed it: then it
 * has read all of them. Rejects with a retryable AppError `graphite_unavailable`.
 */
export async function writeToCarbon(
  where: { readonly host: string; readonly port: number },
  points: readonly CarbonPoint[],
): Promise<void> {
  if (points.length === 0) return;
  const socket = connect(where.port, where.host);
  socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('no answer in time')));
  // Carbon answers nothing; reading lets the end of the connection be seen.
  socket.resume();
  try {
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    for (let first = 0; first < points.length; first += linesPerWrite) {
      const lines = points
        .slice(first, first + linesPerWrite)
        .map(({ metric, value, timeS }) => `${metric} ${value} ${timeS}\n`);
      if (!socket.write(lines.join(''))) await once(socket, 'drain');
    }
    socket.end();
    await closed;
  } catch (error) {
    socket.destroy();
    const message = `carbon at ${where.host}:${where.port}: ${messageOf(error)}`;
    throw new AppError('graphite_unavailable', message, { retryable: true, cause: error });
  }
}
