import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { runCommand, type CommandResult } from '../stack/index.js';

/** Where the rules, their tests and a configuration of Prometheus are. */
export const alertsFolder = join(packageRoot(), 'deploy', 'prometheus');

/** The files of the rules' tests, by name. */
export function alertTests(): readonly string[] {
  return readdirSync(join(alertsFolder, 'tests')).sort();
}

/** Runs promtool on rules and configuration, then on the rules' tests. */
export async function runPromtool(promtool: string): Promise<CommandResult> {
  const tests = alertTests().map((name) => join('tests', name));
  let output = '';
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', ...tests],
  ]) {
    const result = await runCommand(promtool, args, { cwd: alertsFolder });
    output += result.output;
    if (result.code !== 0) return { code: result.code, output };
  }
  return { code: 0, output };
}
