import closeWithGrace from 'close-with-grace';
import type { Registry } from 'prom-client';
import type { Static } from 'typebox';
import { createMetrics, startAdminServer } from './admin-server.js';
import {
  loadSettings,
  parseCommandLine,
  printableSettings,
  type SettingsSchema,
} from './config.js';
import { exitCode, messageOf, StartError } from './errors.js';
import { Health } from './health.js';
import { createLogger, type Logger } from './logs.js';

/** What a service's main gets to build its parts with. */
export interface ServiceContext<Settings> {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Where the admin server listens, `host:port`. */
  readonly adminAddress: string;
  /** Aborted when the service is told to stop, also while it is still starting. */
  readonly stopping: AbortSignal;
  /** Registers what ends a part. Called in reverse order at the stop, each awaited. */
  readonly onStop: (part: string, stop: () => Promise<void> | void) => void;
  /** A part that cannot go on: logged, then the service stops with the internal error's code. */
  readonly fail: (error: unknown) => void;
}

interface CommonSettings {
  readonly node_name: string;
  readonly admin_host: string;
  readonly admin_port: number;
  readonly log_level: string;
  readonly stop_deadline_seconds: number;
}

function startError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return new StartError('port_taken', `port taken: ${error.message}`, exitCode.portTaken, error);
  }
  return new StartError('internal', messageOf(error), exitCode.internal, error);
}

/**
 * Runs a service from its settings to its end: reads settings, serves the admin port, calls
 * `start`, and on SIGTERM or SIGINT stops the parts in reverse order within
 * `stop_deadline_seconds`. A start that fails prints one line and exits with the code that says why
 * (see `exitCode`).
 */
export async function runService<Schema extends SettingsSchema>(
  service: string,
  schema: Schema,
  start: (context: ServiceContext<Static<Schema>>) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  const parts: { part: string; stop: () => Promise<void> | void }[] = [];
  let logger: Logger | undefined;
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
    const log = createLogger(service, common.node_name, common.log_level);
    logger = log;
    log.info({ settings: printable, pid: process.pid, node: process.version }, 'starting');
    const stop = async (): Promise<void> => {
      stopping.abort();
      for (const { part, stop: stopPart } of parts.toReversed()) {
        try {
          await stopPart();
        } catch (error) {
          log.error({ part, error: messageOf(error) }, 'a part did not stop cleanly');
        }
      }
      log.info({}, 'stopped');
    };
    closeWithGrace(
      { delay: common.stop_deadline_seconds * 1_000, logger: false },
      async (event) => {
        if (event.err !== undefined) {
          log.error({ error: event.err.stack ?? event.err.message }, 'unexpected error, stopping');
        } else {
          log.info({ signal: event.signal }, 'stopping');
        }
        await stop();
      },
    );
    const metrics = createMetrics(service, common.node_name);
    const health = new Health();
    let isStarted = false;
    health.addCheck('start', () => (isStarted ? undefined : 'starting'));
    health.addCheck('stop', () => (stopping.signal.aborted ? 'stopping' : undefined));
    const admin = await startAdminServer(common.admin_host, common.admin_port, metrics, health);
    parts.push({ part: 'admin server', stop: () => admin.close() });
    log.info({ address: admin.address }, 'admin server listens');
    await start({
      settings,
      logger: log,
      metrics,
      health,
      adminAddress: admin.address,
      stopping: stopping.signal,
      onStop: (part, stopPart) => parts.push({ part, stop: stopPart }),
      fail: (error) => {
        log.error({ error: messageOf(error) }, 'cannot go on');
        void stop().finally(() => process.exit(exitCode.internal));
      },
    });
    isStarted = true;
    log.info({}, 'started');
  } catch (error) {
    if (stopping.signal.aborted) return;
    const failure = startError(error);
    process.stderr.write(`${service}: ${failure.message}\n`);
    if (failure.exitCode === exitCode.internal && logger !== undefined) {
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error({ code: failure.code, stack }, failure.message);
    }
    process.exit(failure.exitCode);
  }
}
