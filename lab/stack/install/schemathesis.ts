import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import { pythonProgram } from './python-program.js';

/**
 * The path of schemathesis, which runs what an OpenAPI document says against a server. With all
 * that it needs in the versions of schemathesis.txt: what a seed makes depends on them.
 */
export function schemathesis(say: (line: string) => void): Promise<string> {
  const file = join(packageRoot(), 'lab', 'stack', 'install', 'schemathesis.txt');
  const requirements = readFileSync(file, 'utf8').trim().split('\n');
  return pythonProgram('schemathesis', requirements, say);
}
