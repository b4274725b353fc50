import closeWithGrace from 'close-with-grace';
import type { Registry } from 'prom-client';
import type { Static } from 'typebox';
import { createMetrics, startAdminServer, type AdminRoute } from './admin-server.js';
import {
  loadSettings,
  parseCommandLine,
  printableSettings,
  type SettingsSchema,
} from './config.js';
import { exitCode, messageOf, StartError } from './errors.js';
import { Health } from './health.js';
import { createLogger, type Logger } from './logs.js';
import { extendedTimeout, tellSystemd } from './notify-systemd.js';
import { packageRoot } from './package-root.js';
import { processIdentity, readPidFile, removePidFile, writePidFile } from './pid-file.js';
import { RunningParts } from './running-parts.js';
import { tellHealth } from './tell-health.js';

/** What a service's main gets to build its parts with. */
export interface ServiceContext<Settings> {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Where the admin server listens, `host:port`. */
  readonly adminAddress: string;
  /** Adds a path to the admin server. */
  readonly onAdminRequest: (path: string, route: AdminRoute) => void;
  /** Aborted when the service is told to stop, also while it is still starting. */
  readonly stopping: AbortSignal;
  /** Registers what ends a part. Called in reverse order at the stop, each awaited. */
  readonly onStop: (part: string, stop: () => Promise<void> | void) => void;
  /** Registers what takes anew, at SIGHUP, what a part has from outside. */
  readonly onReload: (part: string, reload: () => Promise<void> | void) => void;
  /** A part that cannot go on: logged, then the service stops, with the code of a StartError. */
  readonly fail: (error: unknown) => void;
}

interface CommonSettings {
  readonly node_name: string;
  readonly admin_host: string;
  readonly admin_port: number;
  readonly admin_token: string;
  readonly log_level: string;
  readonly stop_deadline_seconds: number;
}

/**
 * Runs a service from its settings to its end: reads settings, serves the admin port, calls
 * `start`, and on SIGTERM or SIGINT stops the parts in reverse order within
 * `stop_deadline_seconds`. So it does on SIGHUP where no part has anything to reload. A start that
 * fails prints one line, stops likewise what had been started, so that nobody waits for a member of
 * a group that is gone, and exits with the code that says why (see `exitCode`).
 */
export async function runService<Schema extends SettingsSchema>(
  service: string,
  schema: Schema,
  start: (context: ServiceContext<Static<Schema>>) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  let logger: Logger | undefined;
  let parts: RunningParts | undefined;
  let stopDeadlineMs = 0;
  try {
    const commandLine = parseCommandLine(process.argv.slice(2));
    const settings = loadSettings(service, schema, {
      configPath: commandLine.configPath,
      environment: process.env,
    });
    // Every schema is made with commonSettings; the type system can't see that through Static.
    const common = settings as CommonSettings;
    const printable = printableSettings(schema, settings);
    if (commandLine.printConfig) {
      process.stdout.write(`${JSON.stringify(printable, null, 2)}\n`);
      return;
    }
    const { pidFile } = commandLine;
    if (pidFile !== undefined) refuseSecond(pidFile);
    logger = createLogger(service, common.node_name, common.log_level);
    logger.info({ settings: printable, pid: process.pid, node: process.version }, 'starting');
    parts = new RunningParts(stopping, logger);
    stopDeadlineMs = common.stop_deadline_seconds * 1_000;
    stopWhenTold(parts, stopDeadlineMs, logger);
    await startParts(service, settings, common, parts, logger, start, (admin) => {
      if (pidFile !== undefined) leavePidFile(pidFile, common, admin);
    });
    logger.info({}, 'started');
    tellSystemd(logger, 'READY=1');
  } catch (error) {
    if (stopping.signal.aborted) return;
    const failure = tellFailure(error, service, logger);
    await parts?.stopWithin(stopDeadlineMs);
    process.exit(failure.exitCode);
  }
}

/** Serves the admin port, which says `starting` until `start` has built all the rest. */
async function startParts<Settings>(
  service: string,
  settings: Settings,
  common: CommonSettings,
  parts: RunningParts,
  logger: Logger,
  start: (context: ServiceContext<Settings>) => Promise<void>,
  onAdmin: (address: string) => void,
): Promise<void> {
  const metrics = createMetrics(service, common.node_name);
  const health = new Health();
  const stopping = parts.stopping.signal;
  let isStarted = false;
  tellHealth(metrics, health);
  health.addCheck('start', () => (isStarted ? undefined : 'starting'));
  health.addCheck('stop', () => (stopping.aborted ? 'stopping' : undefined));
  const { admin_host: host, admin_port: port, admin_token: token } = common;
  const routes = new Map<string, AdminRoute>();
  const admin = await startAdminServer(host, port, metrics, health, routes, token);
  parts.add('admin server', () => admin.close());
  logger.info({ address: admin.address }, 'admin server listens');
  onAdmin(admin.address);
  await start({
    settings,
    logger,
    metrics,
    health,
    adminAddress: admin.address,
    onAdminRequest: (path, route) => routes.set(path, route),
    stopping,
    onStop: (part, stop) => parts.add(part, stop),
    onReload: (part, reload) => parts.addReload(part, reload),
    fail: (error) => void parts.fail(error).then((code) => process.exit(code)),
  });
  isStarted = true;
}

function stopWhenTold(parts: RunningParts, deadlineMs: number, logger: Logger): void {
  process.on('SIGHUP', () => {
    if (!parts.reload()) process.kill(process.pid, 'SIGTERM');
  });
  closeWithGrace({ delay: deadlineMs, logger: false, skip: ['SIGHUP'] }, async (event) => {
    if (event.err !== undefined) {
      logger.error({ error: event.err.stack ?? event.err.message }, 'unexpected error, stopping');
    } else {
      logger.info({ signal: event.signal }, 'stopping');
    }
    tellSystemd(logger, 'STOPPING=1', extendedTimeout(deadlineMs));
    await parts.stop();
  });
}

function refuseSecond(pidFile: string): void {
  const found = readPidFile(pidFile);
  if (found.kind !== 'alive') return;
  throw new StartError(
    'already_running',
    `it runs already: pid ${found.running.pid}, by ${pidFile}`,
    exitCode.unavailable,
  );
}

/** It stays where the process ends by a mistake: that is how others tell a crash from a stop. */
function leavePidFile(pidFile: string, common: CommonSettings, admin: string): void {
  const { pid } = process;
  writePidFile(pidFile, {
    pid,
    identity: processIdentity(pid) ?? '',
    node: common.node_name,
    admin,
    stopDeadlineSeconds: common.stop_deadline_seconds,
    program: packageRoot(),
  });
  process.once('exit', (code) => {
    if (code === exitCode.ok) removePidFile(pidFile, pid);
  });
}

/** One line on stderr, and for a mistake of ours its stack in the log. */
function tellFailure(error: unknown, service: string, logger: Logger | undefined): StartError {
  const failure = startError(error);
  process.stderr.write(`${service}: ${failure.message}\n`);
  if (failure.exitCode === exitCode.internal) {
    const stack = error instanceof Error ? error.stack : undefined;
    logger?.error({ code: failure.code, stack }, failure.message);
  }
  return failure;
}

function startError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return new StartError('port_taken', `port taken: ${error.message}`, exitCode.portTaken, error);
  }
  return new StartError('internal', messageOf(error), exitCode.internal, error);
}
