import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { Kafka, logLevel } from 'kafkajs';
import { connect } from 'node:net';
import { acceptsConnections, answersOk } from '../../lab/stack/process/probes.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { waitUntil } from '../../lab/stack/process/wait-until.js';
import { startClickHouse, type ClickHouseServer } from '../../lab/stack/servers/clickhouse.js';
import { startKafka } from '../../lab/stack/servers/kafka.js';
import { sharedStack } from './testing/stack.js';

jest.setTimeout(120_000);

describe('the shared stack', () => {
  it('answers at all its addresses', async () => {
    const stack = sharedStack();
    for (const service of [...stack.trackers, ...stack.rollups, ...stack.ingests]) {
      expect(await answersOk(`http://${service.admin}/readyz`)).toBe(true);
    }
    expect(await answersOk(`${stack.clickhouse.url}/ping`)).toBe(true);
    const haproxy = stack.haproxy.ws.replace('ws:', 'http:');
    expect(await answersOk(`${haproxy}/health`)).toBe(true);
    expect(await acceptsConnections(portOf(stack.kafka.brokers[0] ?? ''))).toBe(true);
  });

  it('renders what carbon was told', async () => {
    const { graphite } = sharedStack();
    const second = Math.floor(Date.now() / 5_000) * 5 - 10;
    const name = `stack_test.value_${process.pid}`;
    await send(portOf(graphite.plaintext), `${name} 42.5 ${second}\n`);
    const url = `${graphite.render}/render?target=${name}&format=json&from=${second - 30}`;
    const outcome = await waitUntil(async () => {
      const text = await (await fetch(url)).text();
      return text.includes(`[42.5, ${second}]`) ? true : text;
    }, 30_000);
    expect(outcome).toEqual({ kind: 'ready' });
  });
});

describe('the ClickHouse front', () => {
  let supervisor: Supervisor;
  let server: ClickHouseServer;
  let client: ClickHouseClient;

  const open = (compress = false): ClickHouseClient =>
    createClient({
      url: server.url,
      database: server.database,
      log: { level: ClickHouseLogLevel.OFF },
      compression: { request: compress, response: compress },
    });
  const rows = async (query: string, parameters = {}): Promise<unknown[]> => {
    const result = await client.query({
      query,
      format: 'JSONEachRow',
      query_params: parameters,
    });
    return result.json();
  };

  beforeAll(async () => {
    supervisor = new Supervisor();
    server = await startClickHouse(supervisor);
    client = open();
    await client.command({
      query:
        'CREATE TABLE numbers (id UInt64, name String, code FixedString(4)) ENGINE = ReplacingMergeTree ORDER BY id',
    });
  });

  afterAll(async () => {
    await client.close();
    await supervisor.close();
  });

  it('pings', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  it('binds parameters of every kind unharmed', async () => {
    const text = "quote ' backslash \\ tab \t line \n end \\N ünïcode";
    expect(
      await rows(
        'SELECT {text:String} AS text, {list:Array(String)} AS list, {number:UInt64} AS number, {nothing:Nullable(String)} AS nothing, {time:DateTime64(3)} AS time',
        { text, list: ["a'b", 'c\\d'], number: 7, nothing: null, time: '2025-01-02 03:04:05.678' },
      ),
    ).toEqual([
      { text, list: ["a'b", 'c\\d'], number: 7, nothing: null, time: '2025-01-02 03:04:05.678' },
    ]);
  });

  it('applies settings to their own statement alone', async () => {
    const query = "SELECT value FROM system.settings WHERE name = 'max_block_size'";
    const before = await rows(query);
    const result = await client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { max_block_size: '1234' },
    });
    expect(await result.json()).toEqual([{ value: '1234' }]);
    for (let attempt = 0; attempt < 8; attempt += 1) expect(await rows(query)).toEqual(before);
  });

  it('takes rows as JSON and tells how many it wrote', async () => {
    const values = Array.from({ length: 1_000 }, (_, id) => ({ id, name: `n${id}`, code: 'json' }));
    const { summary } = await client.insert({ table: 'numbers', values, format: 'JSONEachRow' });
    expect(summary?.written_rows).toBe('1000');
    expect(await rows("SELECT count() AS count FROM numbers WHERE code = 'json'")).toEqual([
      { count: 1_000 },
    ]);
  });

  it('takes binary bodies byte for byte', async () => {
    const name = Buffer.from([0, 10, 59, 39, 92, 255, 13]);
    const row = Buffer.alloc(8 + 1 + name.length + 4);
    row.writeBigUInt64LE(5_000n, 0);
    row[8] = name.length;
    name.copy(row, 9);
    row.write('bin1', 9 + name.length);
    const search = new URLSearchParams({
      database: server.database,
      query: 'INSERT INTO numbers (id, name, code) FORMAT RowBinary',
    });
    const url = `${server.url}/?${search.toString()}`;
    const response = await fetch(url, { method: 'POST', body: row });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await rows('SELECT hex(name) AS name, code FROM numbers WHERE id = 5000')).toEqual([
      { name: name.toString('hex').toUpperCase(), code: 'bin1' },
    ]);
  });

  it('reads and writes compressed bodies', async () => {
    const compressed = open(true);
    const values = [{ id: 6_000, name: 'gzip '.repeat(10_000), code: 'gzip' }];
    await compressed.insert({ table: 'numbers', values, format: 'JSONEachRow' });
    const result = await compressed.query({
      query: 'SELECT * FROM numbers WHERE id = 6000',
      format: 'JSONEachRow',
    });
    expect(result.response_headers['content-encoding']).toBe('gzip');
    expect(await result.json()).toEqual(values);
    await compressed.close();
  });

  it("answers errors with ClickHouse's code and status", async () => {
    await expect(rows('SELECT * FROM missing')).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    });
    await expect(rows('SELEC 1')).rejects.toMatchObject({ code: '62' });
    await expect(rows('SELECT {missing:UInt8}')).rejects.toMatchObject({ code: '456' });
    const response = await fetch(`${server.url}/?database=nowhere&query=SELECT+1`);
    expect(response.status).toBe(404);
    expect(response.headers.get('x-clickhouse-exception-code')).toBe('81');
  });

  it('refuses data that does not fit, and writes none of it', async () => {
    const response = await fetch(
      `${server.url}/?database=${server.database}&query=INSERT+INTO+numbers+FORMAT+JSONEachRow`,
      { method: 'POST', body: '{"id":7000,"name":"a","code":"bad1"}\n{"id":"x"}\n' },
    );
    expect(response.status).toBe(400);
    expect(await rows("SELECT count() AS count FROM numbers WHERE code = 'bad1'")).toEqual([
      { count: 0 },
    ]);
  });

  it('answers many statements at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) => rows('SELECT {n:UInt32} AS n', { n: number })),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => [{ n }]));
  });

  it('keeps what it acknowledged when it is killed', async () => {
    for (let id = 8_000; id < 8_020; id += 1) {
      const values = [{ id, name: 'kept', code: 'kill' }];
      await client.insert({ table: 'numbers', values, format: 'JSONEachRow' });
    }
    const { pid, exited } = server.process;
    process.kill(pid, 'SIGKILL');
    expect(await exited).toBe(137);
    await server.process.start();
    expect(server.process.pid).not.toBe(pid);
    expect(await rows("SELECT count() AS count FROM numbers WHERE code = 'kill'")).toEqual([
      { count: 20 },
    ]);
  });

  it('ends cleanly when it is told to', async () => {
    const { exited } = server.process;
    await server.process.stop();
    expect(await exited).toBe(0);
    await server.process.start();
    expect(await client.ping()).toEqual({ success: true });
  });
});

describe('two stacks side by side', () => {
  it('have ports and folders of their own, and give them back', async () => {
    const supervisors = [new Supervisor(), new Supervisor()];
    const servers = await Promise.all(supervisors.map(startClickHouse));
    const [first, second] = servers;
    expect(first?.url).not.toBe(second?.url);
    await run(first?.url ?? '', 'CREATE TABLE viblast.only_here (id UInt8) ENGINE = Memory');
    expect(await run(second?.url ?? '', 'EXISTS TABLE viblast.only_here')).toBe('0\n');
    await Promise.all(supervisors.map((supervisor) => supervisor.close()));
    for (const { url } of servers) {
      expect(await acceptsConnections(portOf(url))).not.toBe(true);
    }
  });

  it('cannot share a folder', async () => {
    const supervisor = new Supervisor();
    expect(() => new Supervisor({ folder: supervisor.folder })).toThrow(/used by the stack/);
    await supervisor.close();
  });
});

describe('a broker of its own', () => {
  it('keeps its topics and records when it is killed and started again', async () => {
    const supervisor = new Supervisor();
    try {
      const { brokers, processes } = await startKafka(supervisor, 1);
      const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
      const admin = kafka.admin();
      const producer = kafka.producer();
      await Promise.all([admin.connect(), producer.connect()]);
      await admin.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true });
      await producer.send({ topic: 'kept', messages: [{ value: 'one' }, { value: 'two' }] });
      await Promise.all([admin.disconnect(), producer.disconnect()]);
      const [broker] = processes;
      broker?.kill('SIGKILL');
      await broker?.exited;
      await broker?.start();
      await admin.connect();
      const outcome = await waitUntil(async () => {
        const offsets = await admin.fetchTopicOffsets('kept');
        return offsets[0]?.high === '2' ? true : JSON.stringify(offsets);
      }, 30_000);
      await admin.disconnect();
      expect(outcome).toEqual({ kind: 'ready' });
    } finally {
      await supervisor.close(2_000);
    }
  });
});

async function run(url: string, sql: string): Promise<string> {
  return (await fetch(url, { method: 'POST', body: sql })).text();
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

function send(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}
