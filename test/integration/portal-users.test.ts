import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { waitFor } from './testing/portal-support.js';
import { extraServices } from './testing/stack.js';

const password = 'correct horse battery staple';
const programPath = join(packageRoot(), 'bin', 'vba-admin');
const extra = extraServices();
const folder = mkdtempSync(join(tmpdir(), 'portal-users-'));
const file = join(folder, 'users.json');
let url = '';

beforeAll(async () => {
  const portal = await extra.services.startPortal('a-token-for-this-test', {
    portal_users_file: file,
  });
  ({ url } = portal);
}, 60_000);

afterAll(async () => {
  await extra.close();
  rmSync(folder, { recursive: true });
}, 60_000);

/** Runs `vba-admin` with the users' file, and a line on its standard input. */
async function vbaAdmin(args: readonly string[], input = ''): Promise<[number | null, string]> {
  const child = spawn(programPath, [...args, '--portal-users-file', file]);
  child.stdin.end(input);
  const ended = once(child, 'close');
  const output = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return [child.exitCode, output.join('').trim()];
}

async function signIn(user: string, given: string) {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password: given }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: answer.status, body: await answer.json(), cookie };
}

async function whoAmI(headers: Readonly<Record<string, string>>): Promise<number> {
  return (await fetch(`${url}/api/v1/session`, { headers })).status;
}

/** The portal reads the file again within a second or so. */
function soon(status: number, look: () => Promise<number>): Promise<true> {
  return waitFor(async () => ((await look()) === status ? true : undefined));
}

describe('users and tokens that vba-admin writes', () => {
  it('come in, and stay out, without a restart of the portal', async () => {
    const add = ['user', 'add', 'ann', '--role', 'editor', '--group', 'news'];
    expect(await vbaAdmin(add, `${password}\n`)).toEqual([0, 'added user ann']);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(file, 'utf8')).not.toContain(password);
    await soon(200, async () => (await signIn('ann', password)).status);
    const { body, cookie } = await signIn('ann', password);
    expect(body).toMatchObject({ name: 'user:ann', role: 'editor', groups: ['news'] });
    expect(await whoAmI({ cookie })).toBe(200);

    const changed = await vbaAdmin(['user', 'passwd', 'ann'], 'another long password');
    expect(changed).toEqual([0, 'changed the password of user ann']);
    await soon(401, () => whoAmI({ cookie }));
    const second = await signIn('ann', 'another long password');
    expect(second.status).toBe(200);

    writeFileSync(`${file}.before`, readFileSync(file));
    writeFileSync(file, 'broken');
    expect((await vbaAdmin(['user', 'list']))[0]).toBe(70);
    expect(await whoAmI({ cookie: second.cookie })).toBe(200);
    writeFileSync(file, readFileSync(`${file}.before`));

    expect(await vbaAdmin(['user', 'remove', 'ann'])).toEqual([0, 'removed user ann']);
    await soon(401, () => whoAmI({ cookie: second.cookie }));
  }, 120_000);

  it('are written of tokens that are told once, and revoked', async () => {
    const add = ['token', 'add', 'ci', '--role', 'viewer', '--days', '1'];
    const [code, token] = await vbaAdmin(add);
    expect([code, token]).toEqual([0, expect.stringMatching(/^vbp_[\w-]{43}$/)]);
    expect(readFileSync(file, 'utf8')).not.toContain(token);
    const bearer = { authorization: `Bearer ${token}` };
    await soon(200, () => whoAmI(bearer));
    const [, listed] = await vbaAdmin(['token', 'list', '--json']);
    expect(JSON.parse(listed)).toMatchObject([{ name: 'ci', role: 'viewer', groups: 'all' }]);
    expect(listed).not.toContain('sha256');
    expect(await vbaAdmin(['token', 'revoke', 'ci'])).toEqual([0, 'revoked token ci']);
    await soon(401, () => whoAmI(bearer));
  }, 120_000);

  it('are refused with what is wrong', async () => {
    const role = ['--role', 'viewer'];
    await vbaAdmin(['user', 'add', 'bob', ...role], `${password}\n`);
    const refused: readonly (readonly [readonly string[], string, number, string])[] = [
      [['user', 'add', 'bob', ...role], password, 1, 'there is a user bob already'],
      [['user', 'add', 'eve', ...role], 'short', 64, 'must have 12 to 256 characters'],
      [['user', 'add', 'eve', ...role], 'two\nlines', 64, 'must have one line'],
      [['user', 'add', 'eve', '--role', 'admin', '--group', 'a'], '', 64, 'an admin sees all'],
      [['user', 'passwd', 'eve'], password, 1, 'there is no user eve'],
      [['token', 'revoke', 'ci'], '', 1, 'there is no token ci'],
    ];
    for (const [args, input, code, message] of refused) {
      expect(await vbaAdmin(args, input)).toEqual([code, expect.stringContaining(message)]);
    }
    expect(await vbaAdmin(['user', 'list'])).toEqual([0, expect.stringContaining('bob')]);
  }, 120_000);
});
