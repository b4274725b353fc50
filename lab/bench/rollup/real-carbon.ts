import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { metricBase, tellStreamPoints } from '../../../graphite/index.js';
import { browsers, cellOf, emptyCell } from '../../../schemas/index.js';
import { streamName } from './live-streams.js';
import { whole } from './report.js';
import type { Reporting } from './reporting.js';
import type { Stack } from '../../stack/index.js';

const runFile = promisify(execFile);
const prefix = 'bench';
const pollMs = 1_000;
const waitMsMax = 180_000;
const findOutputBytesMax = 256 * 1_024 * 1_024;

/**
 * How long the real carbon takes for a minute of so many streams: until each point is in its file.
 */
export async function measureCarbon(
  stack: Stack,
  streams: number,
  intervalMs: number,
  { print, stopping }: Reporting,
): Promise<void> {
  print('\nthe real carbon, which writes a file for each metric');
  const [host = '', port = ''] = stack.graphite.plaintext.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  const firstMinute = Math.floor(Date.now() / intervalMs);
  try {
    for (const [turn, what] of ['files made', 'files there'].entries()) {
      const { lines, points } = minuteOfStreams(firstMinute + turn, streams, intervalMs);
      const marker = join(stack.folder, `carbon-${turn}`);
      writeFileSync(marker, '');
      const startMs = performance.now();
      socket.write(lines, 'latin1');
      const written = await untilWritten(stack, marker, points, startMs, stopping.signal);
      const seconds = (performance.now() - startMs) / 1_000;
      print(`  ${what}: ${whole(written)} of ${whole(points)} points in ${seconds.toFixed(0)} s`);
    }
  } finally {
    socket.destroy();
  }
}

function minuteOfStreams(
  minute: number,
  streams: number,
  intervalMs: number,
): { readonly lines: string; readonly points: number } {
  const end = ` ${(minute * intervalMs) / 1_000}\n`;
  let lines = '';
  let points = 0;
  for (let index = 0; index < streams; index += 1) {
    const base = metricBase(prefix, streamName(index));
    const cell = emptyCell('720p', browsers[index % browsers.length] ?? 'Other');
    cell.startupHistogram[8] = 1;
    tellStreamPoints([cellOf(cell)], intervalMs, (name, value) => {
      lines += `${base}${name} ${value}${end}`;
      points += 1;
    });
  }
  return { lines, points };
}

/**
 * How many files have been written to since the marker was, at the end all of them or after the
 * longest wait.
 */
async function untilWritten(
  stack: Stack,
  marker: string,
  points: number,
  startMs: number,
  signal: AbortSignal,
): Promise<number> {
  const folder = join(stack.folder, 'graphite', 'storage', 'whisper', prefix);
  for (;;) {
    const args = [folder, '-name', '*.wsp', '-newer', marker, '-printf', '.'];
    // The folder isn't there before carbon's first file is.
    const found = await runFile('find', args, { maxBuffer: findOutputBytesMax }).catch(() => ({
      stdout: '',
    }));
    const written = found.stdout.length;
    if (written >= points || performance.now() - startMs > waitMsMax) return written;
    await delay(pollMs, undefined, { signal });
  }
}
