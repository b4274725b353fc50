import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectKafka, partitionOf, type GroupConsumer } from '../../kafka/index.js';
import {
  codec,
  topics,
  firstAnnounce,
  type Announce,
  type AnnounceBatch,
} from '../../schemas/index.js';
import { registerStreams, setUpCluster } from '../../lab/stack/cluster.js';
import type { TrackerProcess } from '../../lab/stack/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startKafka, type KafkaServers } from '../../lab/stack/servers/kafka.js';
import { Services } from '../../lab/stack/services.js';
import { MeetingViewer } from './testing/meeting-viewers.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { newSession, TestViewer, until } from '../../tracker/testing/test-viewer.js';

const partitions = 4;
interface Written {
  readonly partition: number;
  readonly logAppendTimeMs: number;
  readonly batch: AnnounceBatch;
}

/** A Kafka of its own, since this one is stopped on the way. */
describe('trackers on a real Kafka', () => {
  const supervisor = new Supervisor();
  const written: Written[] = [];
  let kafka: KafkaServers;
  let trackers: readonly [TrackerProcess, TrackerProcess];
  let reader: GroupConsumer;

  const announcesOf = (
    session: string,
  ): (Omit<Announce, 'facets'> & { facets: unknown; partition: number })[] =>
    written.flatMap(({ partition, batch }) =>
      batch.announces
        .filter((announce) => announce.session.toString('base64url') === session)
        .map((announce) => ({
          ...announce,
          facets: announce.facets.map((place) => {
            const { facet, value } = batch.facetValues?.[place] ?? { facet: '', value: '' };
            return `${facet}=${value}`;
          }),
          partition,
        })),
    );

  beforeAll(async () => {
    kafka = await startKafka(supervisor, 1);
    const cluster = { intervalSeconds: 5, lateSeconds: 180, graceSeconds: 10, partitions };
    await setUpCluster(kafka.brokers, cluster);
    await registerStreams(['arena-main', 'sport.live-1'], kafka.brokers, undefined);
    const none = { plaintext: '', render: '', url: '', database: '' };
    const services = new Services(supervisor, { kafka, clickhouse: none, graphite: none });
    const [first, second] = await Promise.all([services.startTracker(), services.startTracker()]);
    trackers = [first.process, second.process];
    reader = connectKafka({
      brokers: kafka.brokers,
      clientId: 'tracker-test',
      logger: silentLogger,
    }).groupConsumer({
      groupId: 'tracker-test',
      topic: topics.announces,
      isOurMetadata: () => true,
      open: () => ({
        read: (records) => {
          for (const { partition, logAppendTimeMs, value } of records) {
            const decoded = codec().decode(value);
            if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') continue;
            written.push({ partition, logAppendTimeMs, batch: decoded.record.value });
          }
          return Promise.resolve();
        },
        close: () => undefined,
      }),
    });
    await reader.start();
  }, 180_000);

  afterAll(async () => {
    await reader.stop();
    await supervisor.close();
  }, 60_000);

  it('writes an announce as it was told, acknowledges it, and writes copies from another tracker beside it', async () => {
    const session = newSession();
    const time = Date.now();
    const fields = {
      number: 41,
      time,
      segment: 1_234,
      quality: '1080p',
      state: 'playing' as const,
      watchedMs: 5_000,
      stalledMs: 120,
      stalls: 1,
      startupMs: 840,
      cdnBytes: 2 ** 31,
      peerBytes: 17,
      uploadedBytes: 5,
      peers: 3,
      bufferLengthMs: 12_000,
      liveLatencyMs: 7_000,
      encodedBitrateKbps: 4_500,
      throughputKbps: 20_000,
      playbackRatePercent: 100,
      droppedFrames: 2,
      errors: 4,
      errorsNetwork: 1,
      errorsMedia: 1,
      errorsDrm: 1,
      errorsPlayer: 1,
      failure: 'playback_failed' as const,
      qualitySwitches: 2,
      startingMs: 840,
      seekingMs: 100,
      pausedMs: 200,
      waitingMs: 300,
      cdnReason: 'connected' as const,
      seederBytes: 23,
      connectionsTried: 3,
      connectionsMade: 2,
    };
    for (const tracker of trackers) {
      const viewer = await TestViewer.join(tracker.ws, 'arena-main', session);
      viewer.announce([fields]);
      await viewer.next('acknowledged');
      expect(viewer.acknowledged).toEqual([41]);
      viewer.send({ type: 'leave' });
      expect(await viewer.closed()).toBe(1000);
    }
    await until(() => announcesOf(session).length === 2, 'both copies are read');
    const bytes = Buffer.from(session, 'base64url');
    const partition = partitionOf('arena-main', bytes, partitions);
    for (const announce of announcesOf(session)) {
      expect({ ...announce }).toEqual({
        ...firstAnnounce(fields),
        ...fields,
        // Nobody else is there; the second tracker may not have heard yet that the first lost it.
        cdnReason: expect.stringMatching(/^(alone|connected)$/),
        stream: 'arena-main',
        session: bytes,
        browser: 'Firefox',
        facets: ['device=unknown', 'system=unknown', 'player=unknown'],
        partition,
      });
    }
  }, 60_000);

  it('stands whatever is sent to it, names what is wrong, and goes on', async () => {
    const [tracker] = trackers;
    const hello = (stream: string): string =>
      JSON.stringify({ type: 'hello', stream, session: newSession() });
    const nonsense: [message: string | Buffer, code: string][] = [
      ['{"type":', 'bad_json'],
      [Buffer.from([0, 255, 1]), 'bad_message'],
      ['{"type":"hello"}', 'bad_message'],
      ['{"type":"hallo"}', 'bad_message'],
      ['{"type":"leave"}', 'hello_expected'],
      [hello('arena.main'), 'unknown_stream'],
      [hello('Stadion ⚽'), 'unknown_stream'],
      ['y'.repeat(66_000), 'message_too_large'],
    ];
    for (const [message, code] of nonsense) {
      const viewer = await TestViewer.connect(tracker.ws);
      viewer.socket.send(message);
      expect(await viewer.next('error')).toMatchObject({ code, retryable: false });
      viewer.end();
    }
    const viewer = await TestViewer.join(tracker.ws, 'sport.live-1');
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    viewer.end();
    expect((await fetch(`http://${tracker.admin}/readyz`)).status).toBe(200);
  }, 60_000);

  it('acknowledges nothing while the broker is stopped, though signals go on, and everything once it is back, viewers of the other tracker too', async () => {
    const [tracker] = trackers;
    const broker = kafka.processes[0];
    if (broker === undefined) throw new Error('no broker');
    const sessions = Array.from({ length: 5 }, newSession);
    const viewers = await Promise.all(
      sessions.map((session) => TestViewer.join(tracker.ws, 'arena-main', session)),
    );
    const [one, other] = viewers;
    if (one === undefined || other === undefined) throw new Error('no viewers');
    await broker.stop();
    const times = new Map<string, number>();
    for (const [index, viewer] of viewers.entries()) {
      for (const number of [0, 1, 2]) {
        const time = Date.now();
        times.set(`${sessions[index] ?? ''} ${number}`, time);
        viewer.announce([{ number, time, watchedMs: 1_000 }]);
      }
    }
    await Promise.all(viewers.map((viewer) => viewer.next('peers', 2)));
    const offer = { kind: 'offer', negotiation: 'n', data: { sdp: 'offer' } };
    one.send({ type: 'signal', to: other.peer, ...offer });
    expect(await other.next('signal')).toMatchObject({ from: one.peer, kind: 'offer' });
    const failures = async (): Promise<number> => {
      const text = await (await fetch(`http://${tracker.admin}/metrics`)).text();
      return Number(/^viblast_tracker_batch_failures_total\{.*\} (\d+)$/m.exec(text)?.[1]);
    };
    await until(async () => (await failures()) > 0, 'an attempt has failed');
    expect(viewers.flatMap((viewer) => viewer.acknowledged)).toEqual([]);
    expect((await fetch(`http://${tracker.ws.slice('ws://'.length)}/health`)).status).toBe(200);

    // Those of the other tracker are met again once it is back.
    const elsewhere = await MeetingViewer.join(trackers[1].ws, 'arena-main');
    const isAlone = (): boolean => elsewhere.viewer.of('peers').at(-1)?.peers.length === 0;
    await until(isAlone, 'nobody is told of viewers who cannot be reached');
    await broker.start();
    const again = await MeetingViewer.join(tracker.ws, 'arena-main');
    await Promise.all([again.meets(elsewhere), elsewhere.meets(again)]);
    for (const meeting of [again, elsewhere]) meeting.end();
    for (const viewer of viewers) {
      await until(() => viewer.acknowledged.length === 3, 'all three are acknowledged');
      expect([...viewer.acknowledged].sort()).toEqual([0, 1, 2]);
    }
    await until(
      () => sessions.every((session) => announcesOf(session).length >= 3),
      'all announces are read',
    );
    for (const session of sessions) {
      for (const { number, time } of announcesOf(session)) {
        expect(time).toBe(times.get(`${session} ${number}`));
      }
    }
    for (const viewer of viewers) viewer.end();
  }, 180_000);

  it('sends its viewers away when it is stopped, answers their last announces, and exits with 0', async () => {
    const [, tracker] = trackers;
    const session = newSession();
    const viewer = await TestViewer.join(tracker.ws, 'arena-main', session);
    tracker.kill('SIGTERM');
    await viewer.next('reconnect');
    viewer.announce([{ number: 0, time: Date.now() }]);
    expect(await viewer.closed()).toBe(1001);
    expect(viewer.acknowledged).toEqual([0]);
    expect(await tracker.exited).toBe(0);
  }, 60_000);
});
