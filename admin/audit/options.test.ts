import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { messageOf } from '../../service/errors.js';
import { settingsOf } from '../setting-options.js';
import { auditSettings, withAuditOptions } from './options.js';

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

describe('--graphite-url', () => {
  it('is refused with a password in it, which is not said again', () => {
    const command = withAuditOptions(new Command());
    command.parse(['--graphite-url', 'https://portal:geheim@graphite:8000'], { from: 'user' });
    let message = '';
    try {
      settingsOf(command.opts(), auditSettings);
    } catch (error) {
      message = messageOf(error);
    }
    expect(message).toContain('graphite_url');
    expect(message).not.toContain('geheim');
  });
});
