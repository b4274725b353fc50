import { describe, expect, it } from '@jest/globals';
import { faults } from './catalogue.js';
import { parseFaultsOptions } from './options.js';

function parse(...argv: string[]): { result: ReturnType<typeof parseFaultsOptions>; text: string } {
  let text = '';
  const result = parseFaultsOptions(argv, (more) => (text += more));
  return { result, text };
}

function namesOf(...argv: string[]): readonly string[] {
  const { result } = parse(...argv);
  return result.kind === 'options' ? result.options.faults.map(({ name }) => name) : [];
}

describe('the command line of the faults', () => {
  it('runs every fault, and compares once more at last, unless told otherwise', () => {
    expect(parse().result).toMatchObject({
      kind: 'options',
      options: { faults, list: false, last: true },
    });
  });

  it('takes one by its name, and all that happen to one thing by its beginning', () => {
    expect(namesOf('--only', 'poison')).toEqual(['poison']);
    expect(namesOf('--only', 'totals')).toEqual(['totals-kill', 'totals-pause', 'totals-stop']);
    expect(namesOf('--only', 'poison,full-disk', '--only', 'poison')).toEqual([
      'poison',
      'full-disk',
    ]);
  });

  it('refuses a name that no fault has, with exit code 64 and the name', () => {
    const { result, text } = parse('--only', 'nothing');
    expect(result).toEqual({ kind: 'exit', code: 64 });
    expect(text).toContain('nothing');
  });
});
