import { execFile } from 'node:child_process';
import { messageOf } from './errors.js';
import type { Logger } from './logs.js';

/** Beyond the deadline, by which the process ends itself. */
const endingMs = 10_000;

/** Lets systemd wait for a stop as long as the service's settings do, whatever the unit says. */
export function extendedTimeout(deadlineMs: number): string {
  return `EXTEND_TIMEOUT_USEC=${(deadlineMs + endingMs) * 1_000}`;
}

/**
 * Tells systemd the state of a unit with `Type=notify`, if it is systemd that started us; see
 * sd_notify(3). Node.js has no datagrams over Unix sockets, so systemd's own command does it.
 */
export function tellSystemd(logger: Logger, ...states: readonly string[]): void {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  execFile('systemd-notify', states, (error) => {
    if (error !== null) {
      logger.error({ states, error: messageOf(error) }, 'systemd was not told the state');
    }
  });
}
