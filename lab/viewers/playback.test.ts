import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { announceLimits } from '../../schemas/index.js';
import { drawViewer } from './model.js';
import { peerShareOf, Playback, type PlaybackReport } from './playback.js';
import { seededRandom } from '../../service/random.js';
import { parseStreams } from './stream-profile.js';
import { Swarm } from './swarm.js';

function play(
  seed: number,
  gapsMs: readonly number[],
  peers: readonly string[],
  seeders: ReadonlySet<string> = new Set(),
): PlaybackReport[] {
  const random = seededRandom(seed);
  const streams = parseStreams('a=sd+hd,b') ?? [];
  const playback = new Playback(
    drawViewer(random, { streams, sessionMedianMs: 60_000 }),
    random,
    1_700_000_000_000,
  );
  let nowMs = 1_700_000_000_000;
  return gapsMs.map((gapMs) => playback.report((nowMs += gapMs), peers, { seeders }));
}

const gaps = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 40 });
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 6 });

describe('playback', () => {
  it('plays and stalls no longer than time passes, in whole numbers within an announce’s bounds', () => {
    fc.assert(
      fc.property(fc.nat(), gaps, names, (seed, gapsMs, peers) => {
        for (const [index, report] of play(seed, gapsMs, peers).entries()) {
          const { watchedMs, stalledMs, cdnBytes, peerBytes, segment } = report;
          const { startingMs = 0, seekingMs = 0, pausedMs = 0, waitingMs = 0 } = report.now;
          const otherMs = startingMs + seekingMs + pausedMs + waitingMs;
          expect(watchedMs + stalledMs + otherMs).toBe(gapsMs[index] ?? 0);
          for (const value of [watchedMs, stalledMs, cdnBytes, peerBytes, segment]) {
            expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
          }
          expect(cdnBytes + peerBytes).toBeLessThanOrEqual(announceLimits.bytesMax);
        }
      }),
    );
  });

  it('fetches bitrate × watched time, from peers exactly what each of them is told to have given', () => {
    fc.assert(
      fc.property(fc.nat(), gaps, names, fc.nat(6), (seed, gapsMs, peers, count) => {
        const seeders = new Set(peers.slice(0, count));
        for (const report of play(seed, gapsMs, peers, seeders)) {
          const bitrateKbps = report.encodedBitrateKbps ?? 0;
          const bytes = Math.round((bitrateKbps * report.watchedMs) / 8);
          const { seederBytes = 0 } = report.now;
          expect(report.cdnBytes + report.peerBytes + seederBytes).toBe(bytes);
          const given = (isSeeder: boolean): number =>
            report.fromPeers
              .filter(({ peer }) => seeders.has(peer) === isSeeder)
              .reduce((sum, { bytes: part }) => sum + part, 0);
          expect([given(false), given(true)]).toEqual([report.peerBytes, seederBytes]);
          expect(report.fromPeers.every(({ peer }) => peers.includes(peer))).toBe(true);
        }
      }),
    );
  });

  it('gets no more from peers than each of them may send', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 60_000 }),
        fc.nat(9_999),
        (seed, gapMs, kbps) => {
          const random = seededRandom(seed);
          const streams = parseStreams('a') ?? [];
          const profile = drawViewer(random, { streams, sessionMedianMs: 60_000 });
          const playback = new Playback(profile, random, 0);
          playback.report(60_000, []);
          const { peerBytes } = playback.report(60_000 + gapMs, ['one'], {
            uploadKbpsMax: kbps,
          });
          expect(peerBytes).toBeLessThanOrEqual((kbps * Math.max(1, gapMs)) / 8);
        },
      ),
    );
  });

  it('tells its start-up once, with the first frame, and no quality before it', () => {
    fc.assert(
      fc.property(fc.nat(), gaps, (seed, gapsMs) => {
        const reports = play(seed, gapsMs, []);
        const started = reports.findIndex(({ startupMs }) => startupMs !== undefined);
        const times = reports.filter(({ startupMs }) => startupMs !== undefined).length;
        expect(times).toBeLessThanOrEqual(1);
        const before = started === -1 ? reports : reports.slice(0, started);
        expect(before.every(({ quality, watchedMs }) => !quality && watchedMs === 0)).toBe(true);
      }),
    );
  });

  it('tells once how it failed, and errors of a kind among its errors', () => {
    const reports = play(
      3,
      Array.from({ length: 3_000 }, () => 4_000),
      [],
    );
    const failures = reports.flatMap(({ now: { failure } }) => failure ?? []);
    expect(failures).toHaveLength(1);
    for (const { errors, now } of reports) {
      const { errorsNetwork = 0, errorsMedia = 0, errorsDrm = 0, errorsPlayer = 0 } = now;
      expect(errorsNetwork + errorsMedia + errorsDrm + errorsPlayer).toBeLessThanOrEqual(errors);
    }
  });

  it('leaves the less to the CDN the more peers there are, but never nothing', () => {
    const shares = [0, 1, 2, 4, 8, 1_000].map(peerShareOf);
    expect(shares[0]).toBe(0);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThan(0.9);
  });
});

describe('the swarm', () => {
  it('hands every uploaded byte out once, also after a change of the peer’s id', () => {
    const swarm = new Swarm();
    swarm.join('a');
    swarm.upload('a', 100);
    expect(swarm.takeUploaded('a', 30)).toBe(30);
    swarm.rename('a', 'b');
    swarm.upload('b', 5);
    expect(swarm.has('a')).toBe(false);
    expect(swarm.takeUploaded('b', 1_000)).toBe(75);
    expect(swarm.takeUploaded('b', 1_000)).toBe(0);
  });

  it('forgets who has left', () => {
    const swarm = new Swarm();
    swarm.join('a');
    swarm.leave('a');
    swarm.upload('a', 5);
    expect(swarm.has('a')).toBe(false);
    expect(swarm.takeUploaded('a', 10)).toBe(0);
  });
});
