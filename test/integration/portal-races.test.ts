import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectKafka } from '../../kafka/index.js';
import { Registry } from '../../registry/index.js';
import { seededRandom } from '../../service/random.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { extraServices, sharedStack } from './testing/stack.js';
import { waitFor } from './testing/portal-support.js';

const stack = sharedStack();
const extra = extraServices();
const keys = ['a', 'b', 'c'].map((name) => `race-${process.pid}-${name}`);
const changesEach = 500;
const applied = [200, 201, 204];
/** Changed, created, deleted or brought back by the other before. */
const lost = [404, 409, 412];

interface Portal {
  readonly url: string;
  readonly token: string;
  readonly admin: string;
}

interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly body: unknown;
}

async function call(
  { url, token }: Portal,
  method: string,
  path: string,
  body?: object,
  ifMatch?: string,
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const etag = response.headers.get('etag') ?? '';
  return { status: response.status, etag, body: text === '' ? undefined : JSON.parse(text) };
}

/** An editor who looks at a stream and then changes it, by what was seen. */
async function edit(portal: Portal, name: string, seed: number): Promise<Map<string, number>> {
  const random = seededRandom(seed);
  const appliedTo = new Map(keys.map((key) => [key, 0]));
  for (let change = 0; change < changesEach; change += 1) {
    const key = keys[Math.floor(random() * keys.length)] ?? '';
    const seen = await call(portal, 'GET', `/streams/${key}`);
    const title = `${name} ${change}`;
    const { isArchived = false } = (seen.body ?? {}) as { readonly isArchived?: boolean };
    const answer =
      seen.status === 404
        ? await call(portal, 'POST', '/streams', { key, title })
        : isArchived && random() < 0.3
          ? await call(portal, 'DELETE', `/streams/${key}`, undefined, seen.etag)
          : await call(
              portal,
              'PATCH',
              `/streams/${key}`,
              { title, isArchived: random() < 0.2 },
              seen.etag,
            );
    expect([...applied, ...lost]).toContain(answer.status);
    if (applied.includes(answer.status)) appliedTo.set(key, (appliedTo.get(key) ?? 0) + 1);
  }
  return appliedTo;
}

describe('two portals and two editors', () => {
  let portals: readonly [Portal, Portal];
  let replay: Registry;

  beforeAll(async () => {
    const second = await extra.services.startPortal(stack.portal.token);
    portals = [stack.portal, second];
    const { brokers } = stack.kafka;
    const kafka = connectKafka({ brokers, clientId: 'races', logger: silentLogger });
    replay = new Registry(kafka, silentLogger);
  }, 60_000);

  afterAll(async () => {
    await replay.stop();
    await extra.close();
  }, 60_000);

  it('are told of each of 1 000 changes whether it was made, and all fold the log alike', async () => {
    const tallies = await Promise.all(
      portals.map((portal, index) => edit(portal, `${index}`, index)),
    );
    await replay.start();
    for (const key of keys) {
      const made = tallies.reduce((sum, tally) => sum + (tally.get(key) ?? 0), 0);
      const revision = replay.stream(key)?.revision ?? replay.revisionToCreate(key);
      expect([key, revision]).toEqual([key, made]);
      // As many as there were to lose, or nobody raced.
      expect(made).toBeLessThan(2 * changesEach);
    }
    const changed = tallies.flatMap((tally) => [...tally.values()]);
    expect(changed.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * changesEach);

    const admins = [
      ...portals.map(({ admin }) => admin),
      ...stack.trackers.map(({ admin }) => admin),
    ];
    // Other tests' streams are in the same log, so they are compared when all have read as far.
    await waitFor(async () => {
      const told = await Promise.all(
        admins.map(async (admin) => (await fetch(`http://${admin}/registry`)).json()),
      );
      const { nextOffset, digest } = replay;
      const own = { nextOffset, digest, brokenRecords: 0 };
      return told.every((one) => isEqual(one, own)) ? true : undefined;
    });
    for (const key of keys) {
      const [one, other] = await Promise.all(
        portals.map((portal) => call(portal, 'GET', `/streams/${key}/history?limit=500`)),
      );
      expect(one?.body).toEqual(other?.body);
      const stream = await Promise.all(
        portals.map((portal) => call(portal, 'GET', `/streams/${key}`)),
      );
      const { revision, title, isArchived } = replay.stream(key) ?? {};
      const expected =
        revision === undefined ? { code: 'not_found' } : { revision, title, isArchived };
      expect(stream).toMatchObject([{ body: expected }, { body: expected }]);
    }
  }, 300_000);

  it('create one stream by one Idempotency-Key, whichever of them is asked, and answer alike', async () => {
    const key = `repeated-${process.pid}`;
    const send = async ({ url, token }: Portal, title: string) => {
      const response = await fetch(`${url}/api/v1/streams`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ key, title }),
      });
      return { status: response.status, body: await response.json() };
    };
    const answers = await Promise.all([...portals, ...portals].map((portal) => send(portal, 'A')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await call(portals[0], 'PATCH', `/streams/${key}`, { title: 'B' }, '"1"');
    for (const portal of portals) {
      expect(await send(portal, 'A')).toEqual(answers[0]);
      expect(await send(portal, 'C')).toMatchObject({ status: 422 });
    }
  }, 60_000);
});

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
