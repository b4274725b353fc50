import { Command } from 'commander';
import { parseOptions, type ParsedCommandLine } from '../../service/command-line.js';

export interface ScreensOptions {
  /** A portal that runs already; undefined: a stack of its own, with viewers. */
  readonly portal: string | undefined;
  readonly token: string | undefined;
  readonly folder: string;
}

/** Reads `npm run screens -- …`; `print` gets what is to be told when it is wrong. */
export function parseScreensOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<ScreensOptions> {
  const command = new Command('screens')
    .description("Takes pictures of the portal's pages, in each state.")
    .option('--portal <url>', 'a portal that runs already: only what disturbs nobody is taken')
    .option('--token <token>', 'of that portal')
    .option('--folder <path>', 'where the pictures go', 'docs/screens')
    .configureOutput({ writeOut: print, writeErr: print });
  return parseOptions<ScreensOptions>(command, argv, ({ portal, token }) => {
    if (portal !== undefined && token === undefined) command.error('error: --portal needs --token');
  });
}
