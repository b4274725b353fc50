import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../service/package-root.js';
import { clientMessages } from './client-messages.js';
import { closeCodes, errorCodes, refusalReasons, retryableErrorCodes } from './codes.js';
import { comingBack, type ComingBack } from './coming-back.js';
import { serverMessages } from './server-messages.js';
import { torrentFailures } from './webtorrent-codes.js';
import { torrentClientMessages, torrentServerMessages } from './webtorrent-messages.js';

const folder = join(packageRoot(), 'docs', 'protocol');
const document = (): string => readFileSync(join(packageRoot(), 'docs', 'protocol.md'), 'utf8');

/** The rows of the first table behind this heading in docs/protocol.md, without its head. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = document().split(`\n${heading}`);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const sides = {
  client: clientMessages,
  server: serverMessages,
  'webtorrent-client': torrentClientMessages,
  'webtorrent-server': torrentServerMessages,
};

const files = Object.entries(sides).flatMap(([side, messages]) =>
  Object.entries(messages).map(([type, schema]) => ({
    file: `${side}-${type}.schema.json`,
    text: `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }, null, 2)}\n`,
  })),
);

// UPDATE_PROTOCOL_SCHEMAS=1 writes them anew after a change of the protocol.
if (process.env['UPDATE_PROTOCOL_SCHEMAS'] === '1') {
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of files) writeFileSync(join(folder, file), text);
}

describe('the published protocol', () => {
  it.each(files)('has $file as the code has it', ({ file, text }) => {
    const published: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    expect(published).toEqual(JSON.parse(text));
    expect(() => new Ajv({ strict: true }).compile(JSON.parse(text) as object)).not.toThrow();
  });

  it('has no schema of a message that there is not', () => {
    expect(readdirSync(folder).sort()).toEqual(files.map(({ file }) => file).sort());
  });

  it.each(files)('names $file in docs/protocol.md', ({ file }) => {
    expect(document()).toContain(`(protocol/${file})`);
  });

  it('has examples that their schemas take', () => {
    const sections = document().split('\n### ');
    const examples = sections.flatMap((section) => {
      const [, file] = /^.*\(protocol\/(.*\.json)\)/.exec(section) ?? [];
      const [, example] = /```json\n([\s\S]*?)```/.exec(section) ?? [];
      return file === undefined || example === undefined ? [] : [{ file, example }];
    });
    expect(examples.length).toBeGreaterThanOrEqual(6);
    for (const { file, example } of examples) {
      const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
      const isMessage = new Ajv({ strict: true }).compile(schema);
      expect([file, isMessage(JSON.parse(example)), isMessage.errors]).toEqual([file, true, null]);
    }
  });

  it.each([
    ['### error', errorCodes],
    ['### refused', refusalReasons],
    ['### A failure', torrentFailures],
    ['## Close codes', Object.values(closeCodes).map(String)],
  ])('says in the table of "%s" what each word means, and has no other', (heading, words) => {
    const rows = tableUnder(heading);
    expect(rows.map(([word]) => word)).toEqual(words.map((word) => `\`${word}\``));
    for (const [, ...cells] of rows) expect(cells.every((cell) => cell !== '')).toBe(true);
  });

  it('says when a viewer comes back after each close', () => {
    const words = (rule: ComingBack | undefined): string => {
      if (rule === undefined) return 'no';
      const { firstDelayMs, delayMsMax, needsNewToken } = rule;
      const when = `after ${firstDelayMs / 1_000} s, ${delayMsMax / 1_000} s at most`;
      return needsNewToken ? `with a new token, ${when}` : when;
    };
    const told = tableUnder('## Close codes').map(([, , then]) => then);
    expect(told).toEqual(Object.values(closeCodes).map((code) => words(comingBack[code])));
  });

  it('says which errors are retryable', () => {
    const told = tableUnder('### error').filter(([, isRetryable]) => isRetryable === 'yes');
    expect(told.map(([code]) => code)).toEqual(
      errorCodes.filter((code) => retryableErrorCodes.has(code)).map((code) => `\`${code}\``),
    );
  });
});
