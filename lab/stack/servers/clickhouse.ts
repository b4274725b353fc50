import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import { isInContainers } from '../containers/is-in-containers.js';
import { compiledTree } from '../process/compiled-tree.js';
import type { ManagedProcess } from '../process/managed-process.js';
import { answersOk } from '../process/probes.js';
import type { Supervisor } from '../process/supervisor.js';

export interface ClickHouseServer {
  readonly url: string;
  readonly database: string;
  readonly process: ManagedProcess;
}

const database = 'viblast';

/** Starts the ClickHouse engine behind its HTTP front, with the database made. */
export async function startClickHouse(supervisor: Supervisor): Promise<ClickHouseServer> {
  supervisor.say('starting ClickHouse');
  const folder = join(supervisor.folder, 'clickhouse');
  mkdirSync(folder, { recursive: true });
  const port = await supervisor.ports.reserve();
  const url = `http://127.0.0.1:${port}`;
  const front = join(compiledTree(), 'lab', 'stack', 'clickhouse', 'front.js');
  const server = await supervisor.run({
    name: 'clickhouse',
    command: isInContainers() ? 'node' : process.execPath,
    args: [front, '--folder', folder, '--port', String(port)],
    // Its program stands in the tree that it was compiled into.
    container: { image: 'clickhouse', mounts: [folder, packageRoot()] },
    isReady: () => answersOk(`${url}/?query=SELECT%201`),
  });
  const response = await fetch(url, {
    method: 'POST',
    body: `CREATE DATABASE IF NOT EXISTS ${database}`,
  });
  if (!response.ok) throw new Error(`ClickHouse: ${await response.text()}`);
  return { url, database, process: server };
}
