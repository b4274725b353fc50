import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { testStream } from '../testing/test-parts.js';
import { admit } from './admission.js';

/** The program of docs/protocol.md#join-tokens. */
function documentedProgram(): string {
  const page = readFileSync(join(packageRoot(), 'docs', 'protocol.md'), 'utf8');
  const section = page.split('#### Join tokens\n')[1]?.split('\n#')[0];
  const program = section?.split('```js\n')[1]?.split('\n```')[0];
  if (program === undefined) throw new Error('docs/protocol.md has no program under Join tokens');
  return program;
}

function signed(stream: string, env: Readonly<Record<string, string>>) {
  const call = `process.stdout.write(JSON.stringify(joinToken('${stream}')))`;
  const program = `${documentedProgram()}\n${call}`;
  const args = ['--input-type=module', '--eval', program];
  const text = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
  return JSON.parse(text) as { readonly session: string; readonly token: string };
}

describe('the documented way to sign a join token', () => {
  it('lets a viewer in, for the stream and the session that it says', async () => {
    const secret = randomBytes(32).toString('base64url');
    const { session, token } = signed('arena-main', { KID: 'k', SECRET: secret });
    const stream = testStream('arena-main', { tokenKeys: [{ kid: 'k', secret }] });
    const admission = await admit({
      streamKey: 'arena-main',
      stream,
      session,
      token,
      ticket: undefined,
      ticketTimes: { lifetimeMs: 1, totalMs: 1 },
      origin: undefined,
      nowMs: Date.now(),
    });
    expect(admission).toMatchObject({ ok: true, grant: { kid: 'k' } });
  });
});
