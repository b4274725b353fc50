import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { runOnce } from '../containers/run-once.js';
import type { ManagedProcess } from '../process/managed-process.js';
import { acceptsConnections, answersOk } from '../process/probes.js';
import type { Supervisor } from '../process/supervisor.js';
import { serverCommand } from './server-command.js';
import { replaceIn, setKeys, shippedFile } from './templates.js';

export interface GraphiteServers {
  readonly plaintext: string;
  readonly render: string;
  readonly carbon: ManagedProcess;
  readonly web: ManagedProcess;
  /** Of the metrics' files. */
  readonly whisper: string;
  /** The port at which carbon says what it has not written yet. */
  readonly queryPort: number;
}

interface Folders {
  readonly conf: string;
  readonly storage: string;
  readonly log: string;
  readonly run: string;
}

/** How long the first render takes at most: it loads everything that graphite-web has. */
const firstRenderMs = 30_000;

/**
 * Starts carbon and graphite-web, configured as `deploy/graphite/` ships it, with the interval's
 * step. `askedPort`: where graphite-web asks carbon, if not at carbon's own port.
 */
export async function startGraphite(
  supervisor: Supervisor,
  intervalSeconds: number,
  askedPort?: number,
): Promise<GraphiteServers> {
  supervisor.say('starting Graphite');
  const folders = makeFolders(join(supervisor.folder, 'graphite'));
  const ports = {
    line: await supervisor.ports.reserve(),
    pickle: await supervisor.ports.reserve(),
    query: await supervisor.ports.reserve(),
    web: await supervisor.ports.reserve(),
  };
  writeConfiguration(folders, ports, intervalSeconds);
  const environment = {
    GRAPHITE_ROOT: '/usr/share/graphite-web',
    GRAPHITE_STORAGE_DIR: folders.storage,
    GRAPHITE_CONF_DIR: folders.conf,
    GRAPHITE_SECRET_KEY: randomBytes(24).toString('hex'),
    CARBON_QUERY_PORT: String(askedPort ?? ports.query),
    PYTHONPATH: folders.conf,
    PYTHONUNBUFFERED: '1',
    DJANGO_SETTINGS_MODULE: 'graphite.settings',
    GRAPHITE_SETTINGS_MODULE: 'viblast_graphite_settings',
  };
  const [carbon, web] = await Promise.all([
    startCarbon(supervisor, folders, ports),
    startWeb(supervisor, folders, ports.web, environment),
  ]);
  return {
    plaintext: `127.0.0.1:${ports.line}`,
    render: `http://127.0.0.1:${ports.web}`,
    carbon,
    web,
    whisper: join(folders.storage, 'whisper'),
    queryPort: ports.query,
  };
}

function makeFolders(root: string): Folders {
  const folders = {
    conf: join(root, 'conf'),
    storage: join(root, 'storage'),
    log: join(root, 'storage', 'log', 'webapp'),
    run: join(root, 'run'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  mkdirSync(join(folders.storage, 'whisper'), { recursive: true });
  return folders;
}

function writeConfiguration(
  folders: Folders,
  ports: { readonly line: number; readonly pickle: number; readonly query: number },
  intervalSeconds: number,
): void {
  const carbon = setKeys(shippedFile('graphite', 'carbon.conf'), {
    STORAGE_DIR: `${folders.storage}/`,
    LOCAL_DATA_DIR: `${folders.storage}/whisper/`,
    CONF_DIR: `${folders.conf}/`,
    LOG_DIR: `${folders.storage}/log/`,
    PID_DIR: `${folders.run}/`,
    USER: '',
    LINE_RECEIVER_PORT: ports.line,
    PICKLE_RECEIVER_PORT: ports.pickle,
    CACHE_QUERY_PORT: ports.query,
  });
  const shipped = shippedFile('graphite', 'storage-schemas.conf');
  const schemas =
    intervalSeconds === 60
      ? shipped
      : replaceIn(shipped, /^retentions =.*$/m, `retentions = ${intervalSeconds}s:1d`);
  const files = {
    'carbon.conf': carbon,
    'storage-schemas.conf': schemas,
    'storage-aggregation.conf': shippedFile('graphite', 'storage-aggregation.conf'),
    'viblast_graphite_settings.py': shippedFile('graphite', 'viblast_graphite_settings.py'),
    'viblast_finder.py': shippedFile('graphite', 'viblast_finder.py'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folders.conf, name), text);
}

function startCarbon(
  supervisor: Supervisor,
  folders: Folders,
  ports: { readonly line: number; readonly query: number },
): Promise<ManagedProcess> {
  const pidFile = join(folders.run, 'carbon.pid');
  return supervisor.run({
    name: 'carbon',
    command: serverCommand('carbon-cache'),
    args: [
      '--nodaemon',
      `--config=${join(folders.conf, 'carbon.conf')}`,
      `--pidfile=${pidFile}`,
      `--logdir=${join(folders.storage, 'log')}`,
      'start',
    ],
    environment: { PYTHONUNBUFFERED: '1' },
    container: { image: 'graphite', mounts: [supervisor.folder] },
    // One that was killed leaves its pid, and carbon then takes itself for running.
    prepare: () => rmSync(pidFile, { force: true }),
    isReady: async () => {
      const line = await acceptsConnections(ports.line);
      return line === true ? acceptsConnections(ports.query) : line;
    },
  });
}

async function startWeb(
  supervisor: Supervisor,
  folders: Folders,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<ManagedProcess> {
  if (!existsSync(join(folders.storage, 'graphite.db'))) {
    const args = ['migrate', '--run-syncdb', '--noinput'];
    const result = await runOnce({
      image: 'graphite',
      folder: supervisor.folder,
      command: serverCommand('graphite-manage'),
      args,
      environment,
    });
    if (result.code !== 0) {
      throw new StartError(
        'graphite_migrate_failed',
        `graphite-web's own tables cannot be made:\n${result.output.slice(-2_000)}`,
        exitCode.unavailable,
      );
    }
  }
  const bind = `127.0.0.1:${port}`;
  return supervisor.run({
    name: 'graphite-web',
    command: serverCommand('gunicorn'),
    args: [
      '--bind',
      bind,
      '--workers',
      '2',
      '--threads',
      '4',
      '--timeout',
      '60',
      '--worker-tmp-dir',
      '/dev/shm',
      '--log-level',
      'warning',
      'graphite.wsgi:application',
    ],
    environment,
    container: { image: 'graphite', mounts: [supervisor.folder] },
    readyWithinMs: 90_000,
    isReady: async () => {
      const open = await acceptsConnections(port);
      if (open !== true) return open;
      const target = 'target=constantLine(1)&format=json&from=-1min';
      return answersOk(`http://${bind}/render?${target}`, firstRenderMs);
    },
  });
}
