import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  browserNeed,
  compiledTree,
  installPackages,
  runProgram,
  startStack,
  type ProgramOutput,
  type Stack,
} from '../stack/index.js';
import { viewersProcess } from '../viewers/index.js';
import { launchChromium } from './chromium.js';
import { parseScreensOptions, type ScreensOptions } from './options.js';
import { shots, stoppedShots } from './shots.js';
import { createShownAccounts } from './shown-accounts.js';
import { createShownStreams, shownStreams } from './shown-streams.js';
import { takeShots, type ShotsPlace } from './take-shots.js';

/**
 * `npm run screens`: the portal's pages as pictures, of the real stack with simulated viewers, or
 * of a portal that runs already. Exit code 1 when one is too large to be kept.
 */

const intervalSeconds = 5;
const viewersCount = 400;
/** So long that charts have something to show. */
const watchedMs = 240_000;
/** Above the minutes after which figures are stale. */
const stoppedMs = 30_000;

const parsed = parseScreensOptions(process.argv.slice(2), (text) => {
  process.stderr.write(text);
});
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: ScreensOptions): Promise<number> {
  return runProgram('screens', async (output, signal) => {
    await installPackages([browserNeed], output.say);
    const browser = await launchChromium();
    try {
      const { portal: url, token = '', folder } = options;
      if (url !== undefined) {
        const fromMs = Date.now() - watchedMs;
        const portal = { url, token };
        return await takeShots({ browser, portal, folder, fromMs, say: output.say }, shots);
      }
      return await ofOwnStack(output, signal, (portal) => ({
        browser,
        portal,
        folder,
        fromMs: Date.now(),
        say: output.say,
      }));
    } finally {
      await browser.close();
    }
  });
}

async function ofOwnStack(
  { say }: ProgramOutput,
  signal: AbortSignal,
  place: (portal: ShotsPlace['portal']) => ShotsPlace,
): Promise<boolean> {
  const stack = await startStack({
    intervalSeconds,
    lateSeconds: 15,
    graceSeconds: 5,
    takeoverSeconds: 10,
    trackers: 2,
    rollups: 2,
    ingests: 1,
    portal: true,
    streams: [],
    progress: say,
    signal,
  });
  try {
    if (stack.portal === undefined) throw new Error('the stack has no portal');
    await createShownStreams(stack.portal);
    await createShownAccounts(stack.portal);
    return await withViewers(stack, signal, place(stack.portal));
  } finally {
    await stack.stop();
  }
}

async function withViewers(stack: Stack, signal: AbortSignal, place: ShotsPlace): Promise<boolean> {
  const viewers = viewersProcess({
    ws: stack.haproxy.ws,
    viewers: viewersCount,
    streams: shownStreams,
    seed: 14,
    ledgerFile: join(stack.folder, 'logs', 'viewers.jsonl'),
    distFolder: compiledTree(),
    announceIntervalSeconds: 2,
    sessionSeconds: 60,
  });
  try {
    place.say(`${viewersCount} viewers watch for ${watchedMs / 1_000} s`);
    await wait(watchedMs, undefined, { signal });
    const areSmall = await takeShots(place, shots);
    place.say('the rollups are stopped');
    for (const rollup of stack.rollups) await rollup.stop();
    await wait(stoppedMs, undefined, { signal });
    return (await takeShots(place, stoppedShots)) && areSmall;
  } finally {
    viewers.kill();
    await viewers.exited;
  }
}
