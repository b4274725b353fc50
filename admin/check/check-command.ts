import { readPidFile } from '../../service/pid-file.js';
import { plainTable } from '../plain-table.js';
import { initCode } from '../run/exit-codes.js';
import type { ServicePaths } from '../run/layout.js';
import { printConfig } from '../run/service-process.js';
import { print, say } from '../terminal.js';
import { checkAggregatorHost } from './aggregator-host.js';
import type { Finding } from './machine.js';
import { readMachine } from './read-machine.js';
import { checkTrackerHost, trackersFor } from './tracker-host.js';
import { checkTrackerSettings, type TrackerBounds } from './tracker-settings.js';

export interface CheckOptions {
  readonly viewers?: number;
  readonly processes?: number;
  readonly json: boolean;
}

/**
 * Compares this host with what the viewers need and says what to change; resolves with 0 when it is
 * enough and 1 when it isn't. Open files are those of the service, if it runs, and else our own.
 */
export function checkHost(services: readonly ServicePaths[], options: CheckOptions): number {
  const tracker = services.find(({ service }) => service === 'tracker');
  const viewers = options.viewers ?? (tracker && configuredViewers(tracker, options.processes));
  if (viewers === undefined) {
    say('for how many viewers? Use --viewers');
    return initCode.usage;
  }
  const found = tracker && readPidFile(tracker.pidFile);
  const machine = readMachine(found?.kind === 'alive' ? found.running.pid : 'self');
  const findings = tracker
    ? [
        ...checkTrackerHost(machine, viewers, options.processes),
        ...settingsFindings(tracker, viewers / trackersFor(machine, viewers, options.processes)),
      ]
    : checkAggregatorHost(machine, viewers);
  if (options.json) print(JSON.stringify({ viewers, findings }));
  else show(viewers, findings);
  return findings.some(({ change }) => change !== undefined) ? initCode.failed : initCode.ok;
}

function configuredViewers(tracker: ServicePaths, processes = 1): number | undefined {
  const { output, errors } = printConfig(tracker);
  if (errors !== '') say(errors);
  return output === '' ? undefined : boundsIn(output).sockets_max * processes;
}

/** Nothing where there are no settings yet, or wrong ones: a start says so. */
function settingsFindings(tracker: ServicePaths, viewersEach: number): readonly Finding[] {
  const { output } = printConfig(tracker);
  return output === '' ? [] : checkTrackerSettings(boundsIn(output), Math.ceil(viewersEach));
}

/** The service has checked them. */
function boundsIn(printed: string): TrackerBounds {
  return JSON.parse(printed) as TrackerBounds;
}

function show(viewers: number, findings: readonly Finding[]): void {
  const table = plainTable([`for ${viewers} viewers`, 'has', 'needs', '']);
  for (const { what, has, needs, change } of findings) {
    table.push([what, has, needs, change === undefined ? 'ok' : `change: ${change}`]);
  }
  print(table.toString());
}
