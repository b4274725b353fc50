import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noAccounts } from '../accounts/index.js';
import { testAccounts } from './testing/test-accounts.js';
import { WatchedAccounts } from './watched-accounts.js';

let folder = '';
let path = '';
const said: string[] = [];
const say = (_fields: object, message: string): void => void said.push(message);
const logger = { debug: say, info: say, warn: say, error: say };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  path = join(folder, 'users.json');
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the accounts', () => {
  it('are those of the file as it is now', async () => {
    const watched = new WatchedAccounts(path, logger);
    await watched.refresh();
    expect(watched.current).toEqual(noAccounts);
    const accounts = await testAccounts(1);
    writeFileSync(path, JSON.stringify(accounts));
    await watched.refresh();
    expect(watched.current).toEqual(accounts);
    writeFileSync(`${path}.new`, JSON.stringify(noAccounts));
    renameSync(`${path}.new`, path);
    await watched.refresh();
    expect(watched.current).toEqual(noAccounts);
  });

  it('go on as they were while the file is broken, which is said once', async () => {
    const accounts = await testAccounts(1);
    writeFileSync(path, JSON.stringify(accounts));
    const watched = new WatchedAccounts(path, logger);
    await watched.refresh();
    writeFileSync(path, '{');
    await watched.refresh();
    await watched.refresh();
    expect(watched.current).toEqual(accounts);
    const complaint = "going on with the users' file as it was before";
    expect(said.filter((message) => message === complaint)).toHaveLength(1);
  });

  it('are read once they can be, though nothing says that the file has changed', async () => {
    const text = JSON.stringify(await testAccounts(1));
    const writtenAt = new Date(1_700_000_000_000);
    const watched = new WatchedAccounts(path, logger);
    for (const written of ['{'.padEnd(text.length), text]) {
      writeFileSync(path, written);
      utimesSync(path, writtenAt, writtenAt);
      await watched.refresh();
    }
    expect(watched.current).toEqual(JSON.parse(text));
  });

  it('are what was made of them as soon as that is done, whoever else looks', async () => {
    const watched = new WatchedAccounts(path, logger);
    const accounts = await testAccounts(1);
    for (let round = 0; round < 20; round += 1) {
      const wanted = round % 2 === 0 ? accounts : noAccounts;
      const changed = watched.change('user:ann', () => wanted);
      const looked = watched.refresh();
      await changed;
      expect(watched.current).toEqual(wanted);
      await looked;
    }
    const nowhere = new WatchedAccounts('', logger).change('user:ann', () => accounts);
    await expect(nowhere).rejects.toMatchObject({ problem: { code: 'no_users_file' } });
    writeFileSync(path, '{');
    await expect(watched.change('user:ann', () => accounts)).rejects.toMatchObject({
      code: 'users_file',
    });
  });

  it('are none once the file is gone, or where none is named', async () => {
    writeFileSync(path, JSON.stringify(await testAccounts(1)));
    const watched = new WatchedAccounts(path, logger);
    await watched.refresh();
    rmSync(path);
    await watched.refresh();
    expect(watched.current).toEqual(noAccounts);
    said.length = 0;
    await new WatchedAccounts('', logger).refresh();
    expect(said).toEqual([]);
  });
});
