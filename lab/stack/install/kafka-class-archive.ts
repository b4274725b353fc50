import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PortReservations } from '../process/ports.js';
import { acceptsConnections } from '../process/probes.js';
import { waitUntil } from '../process/wait-until.js';
import { withLock } from '../../../service/with-lock.js';
import { runCommand } from './run-command.js';

const archiveName = 'classes.jsa';
const rehearsalMs = 90_000;

/**
 * The JVM's archive of the classes that a broker loads: with it a broker starts with a third of the
 * processor time. Made once, by a broker that starts and ends in a temporary folder; `undefined`
 * when that fails, which costs time only.
 */
export async function kafkaClassArchive(
  java: string,
  libs: string,
  say: (line: string) => void,
): Promise<string | undefined> {
  const archive = join(libs, archiveName);
  if (existsSync(archive)) return archive;
  return withLock(libs, async () => {
    if (existsSync(archive)) return archive;
    say('preparing the Java classes of Kafka: brokers start faster with them');
    const folder = mkdtempSync(join(libs, '.rehearsal-'));
    try {
      const fresh = join(folder, archiveName);
      await rehearse(java, libs, folder, fresh);
      if (!existsSync(fresh)) return undefined;
      renameSync(fresh, archive);
      return archive;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function rehearse(java: string, libs: string, folder: string, file: string): Promise<void> {
  const ports = new PortReservations();
  const port = await ports.reserve();
  const controllerPort = await ports.reserve();
  const properties = join(folder, 'server.properties');
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'log')}`,
  ];
  writeFileSync(properties, `${lines.join('\n')}\n`);
  const classPath = ['-cp', join(libs, '*')];
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'cmVoZWFyc2FsLWNsdXN0ZXI', '-c'];
  const quickly = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  await runCommand(java, [...quickly, ...classPath, ...format, properties]);
  const options = ['-Xmx512m', ...quickly, `-XX:ArchiveClassesAtExit=${file}`];
  const broker = spawn(java, [...options, ...classPath, 'kafka.Kafka', properties], {
    stdio: 'ignore',
  });
  const ended = once(broker, 'exit');
  const hasEnded = (): boolean => broker.exitCode !== null || broker.signalCode !== null;
  await waitUntil(async () => hasEnded() || (await acceptsConnections(port)), rehearsalMs);
  broker.kill('SIGTERM');
  const timer = setTimeout(() => broker.kill('SIGKILL'), rehearsalMs);
  await ended;
  clearTimeout(timer);
  ports.release();
}
