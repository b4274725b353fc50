import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../service/errors.js';
import { compiledTree } from './process/compiled-tree.js';

export type ServiceRole = 'tracker' | 'rollup' | 'ingest' | 'portal';

type Settings = Readonly<Record<string, string | number>>;

/** A compiled tree that services are started from: this program's own, or an earlier one's. */
export class Build {
  readonly #known = new Map<ServiceRole, ReadonlySet<string>>();

  constructor(private readonly folder = compiledTree()) {}

  mainOf(role: ServiceRole): string {
    return this.programAt(mainPath(role));
  }

  programAt(...path: readonly string[]): string {
    const program = join(this.folder, ...path);
    if (existsSync(program)) return program;
    const message = `${program} is missing: run npm run build`;
    throw new StartError('not_built', message, exitCode.unavailable);
  }

  /** Those of the settings that it knows: an earlier build refuses what came later. */
  settingsOf(role: ServiceRole, settings: Settings): Settings {
    if (this.folder === compiledTree()) return settings;
    let known = this.#known.get(role);
    if (known === undefined) {
      known = this.#knownSettings(role);
      this.#known.set(role, known);
    }
    return Object.fromEntries(Object.entries(settings).filter(([key]) => known.has(key)));
  }

  #knownSettings(role: ServiceRole): ReadonlySet<string> {
    const required = environmentOf({
      node_name: 'any',
      ...(role === 'portal' ? { portal_token: 'any'.repeat(10) } : {}),
    });
    const output = execFileSync(process.execPath, [this.mainOf(role), '--print-config'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...required },
    });
    return new Set(Object.keys(JSON.parse(output) as object));
  }
}

/** A service's program in any compiled tree. */
export function mainPath(role: ServiceRole): string {
  return join(role === 'portal' ? 'portal-api' : role, 'main.js');
}

/** Settings by their names as a service's environment has them. */
export function environmentOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`VIBLAST_${key.toUpperCase()}`, String(value)]),
  );
}
