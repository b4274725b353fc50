import { Command } from 'commander';
import { parseOptions, type ParsedCommandLine } from '../../service/command-line.js';

export interface AlertsOptions {
  readonly live: boolean;
}

/** Reads `npm run test:alerts -- …`; `print` gets what is to be told when it is wrong. */
export function parseAlertsOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<AlertsOptions> {
  const command = new Command('alerts')
    .description('Tests the alert rules with promtool.')
    .option('--live', 'kills each role of a real stack, and asks a real Prometheus', false)
    .configureOutput({ writeOut: print, writeErr: print });
  return parseOptions<AlertsOptions>(command, argv);
}
