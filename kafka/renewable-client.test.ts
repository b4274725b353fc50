import { describe, expect, it, jest } from '@jest/globals';
import { RenewableClient } from './renewable-client.js';

class FakeClient {
  readonly disconnect = jest.fn(() => Promise.resolve());
  constructor(readonly connect: () => Promise<void> = () => Promise.resolve()) {}
}

function setUp(connect?: () => Promise<void>, connectDeadlineMs?: number) {
  const made: FakeClient[] = [];
  let nowMs = 0;
  const renewable = new RenewableClient(
    () => {
      nowMs += 1_000;
      const client = new FakeClient(connect);
      made.push(client);
      return client;
    },
    () => nowMs,
    connectDeadlineMs,
  );
  return { made, renewable };
}

describe('RenewableClient', () => {
  it('uses one client for as long as all goes well', async () => {
    const { made, renewable } = setUp();
    await renewable.use('first', 1_000, () => Promise.resolve());
    await renewable.use('second', 1_000, () => Promise.resolve());
    expect(made).toHaveLength(1);
  });

  it('replaces it after a failure, and closes it only when its other uses have ended', async () => {
    const { made, renewable } = setUp();
    let finish: (value: string) => void = () => undefined;
    const other = renewable.use(
      'other',
      1_000,
      () => new Promise<string>((resolve) => (finish = resolve)),
    );
    await expect(
      renewable.use('append', 1_000, () => Promise.reject(new Error('lost'))),
    ).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
      message: 'append: lost',
    });
    await renewable.use('next', 1_000, () => Promise.resolve());
    expect(made).toHaveLength(2);
    expect(made[0]?.disconnect).not.toHaveBeenCalled();
    finish('answered');
    await expect(other).resolves.toBe('answered');
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
  });

  it('makes the next one at once where the clock was set back', async () => {
    let nowMs = 7_200_000;
    const renewable = new RenewableClient(
      () => new FakeClient(),
      () => nowMs,
    );
    const failing = renewable.use('first', 1_000, () => Promise.reject(new Error('lost')));
    await expect(failing).rejects.toThrow('lost');
    nowMs -= 3_600_000;
    await renewable.use('second', 5_000, () => Promise.resolve());
    await expect(
      renewable.use('third', 5_000, () => Promise.reject(new Error('lost'))),
    ).rejects.toThrow('lost');
    await renewable.use('fourth', 5_000, () => Promise.resolve());
  });

  it('rejects at the deadline, and doesn’t trust the silent client again', async () => {
    const { made, renewable } = setUp();
    await expect(
      renewable.use('append', 5, () => new Promise(() => undefined)),
    ).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
    await renewable.use('next', 1_000, () => Promise.resolve());
    expect(made).toHaveLength(2);
  });

  it('gives up a broker that lets it connect and says nothing, and makes the next client', async () => {
    const { made, renewable } = setUp(() => new Promise(() => undefined), 5);
    await expect(renewable.use('append', 60_000, () => Promise.resolve())).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
    const next = renewable.use('append', 60_000, () => Promise.resolve());
    expect(made).toHaveLength(2);
    await expect(next).rejects.toMatchObject({ code: 'kafka_unavailable' });
  });

  it('tells a failure to connect like any other', async () => {
    const { renewable } = setUp(() => Promise.reject(new Error('refused')));
    await expect(renewable.use('append', 1_000, () => Promise.resolve())).rejects.toMatchObject({
      code: 'kafka_unavailable',
    });
  });

  it('closes its client, and is of no use afterwards', async () => {
    const { made, renewable } = setUp();
    await renewable.use('first', 1_000, () => Promise.resolve());
    await renewable.close();
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
    await expect(renewable.use('late', 1_000, () => Promise.resolve())).rejects.toMatchObject({
      code: 'kafka_closed',
      retryable: false,
    });
  });
});
