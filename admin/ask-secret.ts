import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { exitCode, StartError } from '../service/errors.js';

/**
 * A secret from who runs the command: asked twice at a terminal, which doesn't show it, or else the
 * one line of standard input. Never an argument, which whoever lists processes would read. Rejects
 * with a StartError (usage) when the two differ, or there is not one line.
 */
export async function askSecret(what: string): Promise<string> {
  if (!process.stdin.isTTY) return oneLine(await text(process.stdin));
  const first = await askUnseen(`${what}: `);
  if ((await askUnseen('Again: ')) === first) return first;
  throw usage('the two are not the same');
}

function askUnseen(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.once('close', () => {
      process.stderr.write('\n');
      reject(usage('no password was given'));
    });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
  });
}

function oneLine(given: string): string {
  const line = given.replace(/\r?\n$/, '');
  if (line !== '' && !/[\r\n]/.test(line)) return line;
  throw usage('standard input must have one line, the password');
}

function usage(message: string): StartError {
  return new StartError('usage', message, exitCode.usage);
}
