import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './options.js';

describe('the command line of bench:capacity', () => {
  it('has 50 000 viewers, of whom 10 000 come through HAProxy, unless told otherwise', () => {
    expect(parseCommandLine([])).toMatchObject({
      kind: 'options',
      options: { viewers: 50_000, throughHaproxy: 10_000, minutes: 3, announceInterval: 30 },
    });
  });

  it('sends a fifth through HAProxy, or as many as told', () => {
    const viewers = ['--viewers', '1000'];
    expect(parseCommandLine(viewers)).toMatchObject({ options: { throughHaproxy: 200 } });
    expect(parseCommandLine([...viewers, '--through-haproxy', '0'])).toMatchObject({
      options: { throughHaproxy: 0 },
    });
  });

  it('refuses more viewers through HAProxy than there are', () => {
    const argv = ['--viewers', '1000', '--through-haproxy', '1001'];
    expect(parseCommandLine(argv)).toEqual({ kind: 'exit', code: 64 });
  });
});
