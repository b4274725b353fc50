import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { withAuditOptions } from './options.js';

function streamsOf(...keys: readonly string[]): unknown {
  const command = withAuditOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(
    keys.flatMap((key) => ['--stream', key]),
    { from: 'user' },
  );
  return command.opts<{ readonly stream: unknown }>().stream;
}

describe('--stream', () => {
  it('may name several, and none', () => {
    expect(streamsOf('arena-main', 'studio_2')).toEqual(['arena-main', 'studio_2']);
    expect(streamsOf()).toEqual([]);
  });

  it.each(['*', '', 'a b', 'a.b/c'])('is refused where no stream has such a key: "%s"', (key) => {
    expect(() => streamsOf('arena-main', key)).toThrow('the key of a stream');
  });
});
