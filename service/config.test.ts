import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { commonSettings, loadSettings, parseCommandLine, printableSettings } from './config.js';
import { messageOf, StartError } from './errors.js';

const schema = Type.Object({
  ...commonSettings,
  tracker_listen_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 2911 }),
  is_open: Type.Boolean({ default: false }),
  portal_token: Type.String({ default: '', secret: true }),
});

const required = { VIBLAST_NODE_NAME: 'n1', VIBLAST_ADMIN_PORT: '9101' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function load(
  environment: Record<string, string>,
  configPath: string = folder,
): ReturnType<typeof loadSettings<typeof schema>> {
  return loadSettings('tracker', schema, {
    configPath,
    environment: { ...required, ...environment },
  });
}

function refusal(work: () => unknown): { message: string; exitCode: number } {
  try {
    work();
  } catch (error) {
    if (error instanceof StartError) return { message: error.message, exitCode: error.exitCode };
    throw new Error(`not a StartError: ${messageOf(error)}`, { cause: error });
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  it('are defaults, under files, under the environment', () => {
    file('common.json', { log_level: 'warn', kafka_brokers: ['a:1'], tracker_listen_port: 1 });
    file('tracker.json', { log_level: 'error', kafka_brokers: ['b:2', 'c:3'] });
    expect(load({ VIBLAST_LOG_LEVEL: 'debug' })).toMatchObject({
      node_name: 'n1',
      admin_host: '127.0.0.1',
      log_level: 'debug',
      kafka_brokers: ['b:2', 'c:3'],
      tracker_listen_port: 1,
      is_open: false,
    });
  });

  it('take lists, numbers and truth from the environment', () => {
    expect(
      load({
        VIBLAST_KAFKA_BROKERS: 'a:1, b:2',
        VIBLAST_TRACKER_LISTEN_PORT: '0',
        VIBLAST_IS_OPEN: 'true',
      }),
    ).toMatchObject({ kafka_brokers: ['a:1', 'b:2'], tracker_listen_port: 0, is_open: true });
  });

  it.each([
    ['VIBLAST_TRACKER_LISTN_PORT', '1', 'unknown setting "tracker_listn_port"'],
    ['VIBLAST_TRACKER_LISTEN_PORT', 'many', '"tracker_listen_port"'],
    ['VIBLAST_TRACKER_LISTEN_PORT', '70000', '"tracker_listen_port"'],
    ['VIBLAST_TRACKER_LISTEN_PORT', '1.5', '"tracker_listen_port"'],
    ['VIBLAST_IS_OPEN', 'yes', '"is_open"'],
    ['VIBLAST_LOG_LEVEL', 'loud', '"log_level"'],
    ['VIBLAST_NODE_NAME', 'has space', '"node_name"'],
    ['VIBLAST_KAFKA_BROKERS', 'no-port', '"kafka_brokers'],
  ])('refuse %s=%s by the name of the setting', (name, text, said) => {
    const { message, exitCode } = refusal(() => load({ [name]: text }));
    expect(message).toContain(said);
    expect(message).not.toContain('\n');
    expect(exitCode).toBe(78);
  });

  it('name what is missing', () => {
    const { message } = refusal(() =>
      loadSettings('tracker', schema, { configPath: folder, environment: {} }),
    );
    expect(message).toContain('"node_name" is missing');
    expect(message).toContain('"admin_port" is missing');
  });

  it.each(['__proto__', 'constructor'])('know no setting %s, which every object has', (key) => {
    const path = file('tracker.json', `{"${key}":{"node_name":"n2"}}`);
    expect(refusal(() => load({})).message).toBe(`unknown setting "${key}" in ${path}`);
  });

  it('name the file and the key of what is unknown or of the wrong type in a file', () => {
    const path = file('tracker.json', { tracker_listen_prt: 1 });
    const { message } = refusal(() => load({}));
    expect(message).toContain('"tracker_listen_prt"');
    expect(message).toContain(path);
    file('tracker.json', { tracker_listen_port: '2911' });
    expect(refusal(() => load({})).message).toContain('"tracker_listen_port"');
  });

  it('refuse a file that is not JSON, not an object, not there, or of no service', () => {
    expect(refusal(() => load({}, file('x.json', '{'))).message).toContain('is not JSON');
    expect(refusal(() => load({}, file('x.json', '[]'))).message).toContain('one JSON object');
    expect(refusal(() => load({}, join(folder, 'none'))).message).toContain('does not exist');
    expect(refusal(() => load({})).message).toContain('belongs to no service');
  });

  it.each([
    ['VIBLAST_TRACKER_NODES', 'kafka_brokers'],
    ['VIBLAST_MYSQL_HOST', 'the registry'],
    ['VIBLAST_SETCOOKIE', "Kafka's credentials"],
  ])('answer %s with what replaces it', (name, replacement) => {
    const { message, exitCode } = refusal(() => load({ [name]: 'x' }));
    expect(message).toContain('no longer used');
    expect(message).toContain(replacement);
    expect(exitCode).toBe(78);
  });

  it("let an orchestrator's own variables be", () => {
    const links = {
      VIBLAST_TRACKER_SERVICE_HOST: '10.0.0.1',
      VIBLAST_TRACKER_SERVICE_PORT: '2911',
      VIBLAST_TRACKER_PORT: 'tcp://10.0.0.1:2911',
      VIBLAST_TRACKER_PORT_2911_TCP_ADDR: '10.0.0.1',
    };
    expect(load(links)).toMatchObject({ tracker_listen_port: 2911 });
  });

  it('are shown with secrets masked', () => {
    const shown = printableSettings(schema, load({ VIBLAST_PORTAL_TOKEN: 'hush' }));
    expect(shown).toMatchObject({ portal_token: '***', node_name: 'n1' });
    expect(JSON.stringify(shown)).not.toContain('hush');
  });
});

describe('a secret in a file', () => {
  const token = (content: string): string => {
    const path = join(folder, 'token');
    writeFileSync(path, content);
    return path;
  };

  it.each(['hush', 'hush\n', 'hush\r\n'])('is its only line: %j', (content) => {
    expect(load({ VIBLAST_PORTAL_TOKEN_FILE: token(content) }).portal_token).toBe('hush');
    file('tracker.json', { portal_token_file: token(content) });
    expect(load({}).portal_token).toBe('hush');
  });

  it('is shown masked, as any other', () => {
    const shown = printableSettings(schema, load({ VIBLAST_PORTAL_TOKEN_FILE: token('hush') }));
    expect(shown).toMatchObject({ portal_token: '***' });
    expect(JSON.stringify(shown)).not.toContain('hush');
  });

  it('stands in for the setting where that must be set', () => {
    const strict = Type.Object({ ...commonSettings, portal_token: Type.String({ secret: true }) });
    const environment = { ...required, VIBLAST_PORTAL_TOKEN_FILE: token('hush') };
    const loaded = loadSettings('tracker', strict, { configPath: folder, environment });
    expect(loaded.portal_token).toBe('hush');
  });

  it('is none where its path is empty', () => {
    const both = { VIBLAST_PORTAL_TOKEN: 'hush', VIBLAST_PORTAL_TOKEN_FILE: '' };
    expect(load(both).portal_token).toBe('hush');
  });

  it('is refused beside the setting itself, by both names', () => {
    file('common.json', { portal_token: 'hush' });
    const { message, exitCode } = refusal(() => load({ VIBLAST_PORTAL_TOKEN_FILE: token('x') }));
    expect(message).toBe(
      'settings "portal_token" and "portal_token_file" are both given: keep one',
    );
    expect(exitCode).toBe(78);
  });

  it.each([
    ['not there', () => join(folder, 'none'), 'ENOENT'],
    ['a folder', () => folder, 'EISDIR'],
    ['empty', () => token('\n'), 'is empty'],
    ['of several lines', () => token('hush\nhush\n'), 'one line'],
    ['huge', () => token('hush'.repeat(20_000)), 'one line'],
  ])('is refused where the file is %s, with its path and not what it holds', (_, path, said) => {
    const { message, exitCode } = refusal(() => load({ VIBLAST_PORTAL_TOKEN_FILE: path() }));
    expect(message).toContain(`"portal_token_file": file ${path()}`);
    expect(message).toContain(said);
    expect(message).not.toContain('hush');
    expect(exitCode).toBe(78);
  });

  it('is for secrets alone, and a path', () => {
    const unknown = refusal(() => load({ VIBLAST_LOG_LEVEL_FILE: token('info') }));
    expect(unknown.message).toContain('unknown setting "log_level_file"');
    file('tracker.json', { portal_token_file: 7 });
    expect(refusal(() => load({})).message).toContain('"portal_token_file" must be a path');
  });

  it('is not quoted where a file of settings is no JSON', () => {
    for (const text of ['{"portal_token":"hush"', '{"portal_token":hush}', '"hush" hush', 'hush']) {
      const { message } = refusal(() => load({}, file('x.json', text)));
      expect(message).toContain('is not JSON');
      expect(message).not.toContain('hush');
    }
  });
});

describe('the command line', () => {
  it('has a path of settings, one of a pid file, and a wish to see the settings', () => {
    expect(parseCommandLine(['--pid-file', '/b', '--config=/a'])).toEqual({
      configPath: '/a',
      pidFile: '/b',
      printConfig: false,
    });
    expect(parseCommandLine([])).toEqual({ printConfig: false });
    const both = { configPath: '/a', printConfig: true };
    expect(parseCommandLine(['--config', '/a', '--print-config'])).toEqual(both);
    expect(parseCommandLine(['--print-config', '--config=/a'])).toEqual(both);
  });

  it('refuses anything else, and says what replaces the old arguments', () => {
    const wrong = refusal(() => parseCommandLine(['--wrong']));
    expect(wrong.message).toContain('--wrong');
    expect(wrong.exitCode).toBe(64);
    expect(refusal(() => parseCommandLine(['-name', 'x'])).message).toContain('node_name');
    expect(refusal(() => parseCommandLine(['--config'])).exitCode).toBe(64);
  });
});
