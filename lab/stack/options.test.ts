import { describe, expect, it, jest } from '@jest/globals';
import { parseStackCommandLine } from './options.js';

describe('the command line of the stack', () => {
  it('has two trackers, two rollups and one ingest unless told otherwise', () => {
    expect(parseStackCommandLine([])).toMatchObject({
      kind: 'options',
      options: { trackers: 2, rollups: 2, ingests: 1, portal: false, services: true, brokers: 1 },
    });
  });

  it('reads every flag', () => {
    const flags =
      '--trackers 1 --brokers 3 --interval-seconds 5 --streams a,b --no-services --json';
    expect(parseStackCommandLine(flags.split(' '))).toMatchObject({
      kind: 'options',
      options: {
        trackers: 1,
        brokers: 3,
        intervalSeconds: 5,
        streams: ['a', 'b'],
        services: false,
        json: true,
      },
    });
  });

  it.each([['--nope'], ['--trackers', '-1'], ['--brokers', '2'], ['extra'], ['--streams', 'a,,b']])(
    'refuses %s %s with the code for a wrong command line',
    (...flags) => {
      const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      expect(parseStackCommandLine(flags)).toEqual({ kind: 'exit', code: 64 });
      expect(write).toHaveBeenCalled();
      write.mockRestore();
    },
  );
});
