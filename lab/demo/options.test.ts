import { describe, expect, it } from '@jest/globals';
import { parseDemoOptions } from './options.js';

function parse(...argv: string[]): { result: ReturnType<typeof parseDemoOptions>; text: string } {
  let text = '';
  const result = parseDemoOptions(argv, (more) => (text += more));
  return { result, text };
}

describe('the demo’s command line', () => {
  it('shows 300 viewers until Ctrl-C unless told otherwise', () => {
    expect(parse().result).toMatchObject({
      kind: 'options',
      options: { viewers: 300, minutes: undefined, exit: false, chaos: false, intervalSeconds: 60 },
    });
  });

  it('measures two minutes before an exit unless told otherwise', () => {
    expect(parse('--exit').result).toMatchObject({ options: { minutes: 2 } });
    expect(parse('--exit', '--minutes', '5').result).toMatchObject({ options: { minutes: 5 } });
  });

  it('refuses a wrong flag with code 64 and names it', () => {
    const wrong: [flag: string, argv: string[]][] = [
      ['--viewers', ['--viewers', 'many']],
      ['--viewers', ['--viewers', '0']],
      ['--minutes', ['--exit', '--minutes', '1.5']],
      ['--minutes', ['--minutes', '2']],
      ['--json', ['--json', 'file.json']],
      ['--interval-seconds', ['--interval-seconds', '']],
      ['--speed', ['--speed', '2']],
    ];
    for (const [flag, argv] of wrong) {
      const { result, text } = parse(...argv);
      expect(result).toEqual({ kind: 'exit', code: 64 });
      expect(text).toContain(flag);
    }
    expect(parse('leftover').result).toEqual({ kind: 'exit', code: 64 });
  });

  it('explains itself with code 0', () => {
    const { result, text } = parse('--help');
    expect(result).toEqual({ kind: 'exit', code: 0 });
    expect(text).toContain('--chaos');
  });
});
