import { connect } from 'node:net';
import type { ProbeResult } from './wait-until.js';

const probeTimeoutMs = 2_000;

/** Something accepts TCP connections there. */
export function acceptsConnections(port: number, host = '127.0.0.1'): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(probeTimeoutMs, () => end(`${host}:${port} does not answer`));
    socket.once('connect', () => end(true));
    socket.once('error', (error) => end(error.message));
  });
}

/** A GET of the URL answers with the status 200. */
export async function answersOk(url: string, timeoutMs = probeTimeoutMs): Promise<ProbeResult> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await response.text();
  return response.status === 200 ? true : `${response.status} ${text.slice(0, 300).trim()}`;
}
