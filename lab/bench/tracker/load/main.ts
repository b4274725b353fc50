import { Announcer } from './announcer.js';
import type { Announcing, LoadCommand, LoadPlan, LoadReport } from './plan.js';
import { Tally } from './tally.js';
import { TorrentAnnouncer } from './torrent-announcer.js';

/** A process of its own that loads a server; told what to do by the benchmark that forked it. */

const socketsPerAddress = 5_000;
/** Upgrades at a time: a server's backlog has an end. */
const connectingMax = 100;

const tally = new Tally();
let announcers: Announcing[] = [];
let pacing: NodeJS.Timeout | undefined;
let intervalMs = 0;

const tell = (report: LoadReport): void => void process.send?.(report);

process.on('message', (command: LoadCommand) => {
  switch (command.do) {
    case 'connect':
      connectAll(command.plan).then(
        () => tell({ is: 'connected' }),
        (error: unknown) => tell({ is: 'failed', reason: String(error) }),
      );
      break;
    case 'announce':
      if (intervalMs > 0) keepPace();
      else for (const announcer of announcers) announcer.announce();
      break;
    case 'tell':
      tell({ is: 'figures', figures: tally.take() });
      break;
    case 'end':
      process.disconnect();
      break;
  }
});
process.once('disconnect', () => {
  clearTimeout(pacing);
  for (const announcer of announcers) announcer.end();
});

async function connectAll(plan: LoadPlan): Promise<void> {
  intervalMs = plan.intervalMs;
  const joined: Announcing[] = [];
  const join = (index: number, from: string): Promise<Announcing> =>
    plan.dialect === 'viblast'
      ? Announcer.join(plan, index, from, tally)
      : TorrentAnnouncer.join(plan, index, from, tally);
  let next = 0;
  const connectSome = async (): Promise<void> => {
    while (next < plan.sockets) {
      const index = next;
      next += 1;
      const from = `127.0.1.${plan.firstAddress + Math.floor(index / socketsPerAddress)}`;
      joined.push(await join(index, from));
    }
  };
  await Promise.all(Array.from({ length: connectingMax }, connectSome));
  announcers = joined;
}

/** Each announces once an interval, one after the other, in an order that is always the same. */
function keepPace(): void {
  const startedAtMs = performance.now();
  let announced = 0;
  const step = (): void => {
    const due = ((performance.now() - startedAtMs) * announcers.length) / intervalMs;
    for (; announced < due; announced += 1) announcers[announced % announcers.length]?.announce();
    pacing = setTimeout(step, 1);
  };
  step();
}
