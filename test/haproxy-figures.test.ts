import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findCommand, runCommand } from '../lab/stack/index.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';

function defaultOf(setting: keyof typeof trackerSettings.properties): number {
  const { default: value } = trackerSettings.properties[setting] as { readonly default?: number };
  return value ?? 0;
}

/** The number behind these words of the configuration. */
function figure(text: string, words: string): number {
  const found = new RegExp(`\\b${words} (\\d+)`).exec(text)?.[1];
  if (found === undefined) throw new Error(`no figure behind "${words}"`);
  return Number(found);
}

describe.each([
  ['haproxy', 2],
  ['compose', 3],
])('deploy/%s/haproxy.cfg', (folder, trackers) => {
  const text = readFileSync(join(packageRoot(), 'deploy', folder, 'haproxy.cfg'), 'utf8');
  const servers = [...text.matchAll(/^ {4}server (\S+) (\S+)(.*)$/gm)].map(
    ([, name, address, options = '']) => ({ name, address, options }),
  );
  const checked = servers.filter(({ options }) => options.includes(' check '));
  const socketsMax = defaultOf('sockets_max');

  it('is valid by HAProxy itself', async () => {
    const path = join(packageRoot(), 'deploy', folder, 'haproxy.cfg');
    const { code, output } = await runCommand(findCommand('haproxy') ?? '', ['-c', '-f', path]);
    expect([code, output]).toEqual([0, expect.stringContaining('Configuration file is valid')]);
  });

  it('lets as many viewers to each tracker as that takes, and to none any more', () => {
    expect(figure(text, 'maxconn')).toBe(socketsMax);
    expect(text).toContain(
      'return status 503 hdr Retry-After 5 if { be_conn_free(trackers) le 0 }',
    );
    expect(figure(text, 'timeout queue')).toBeLessThan(1_000);
  });

  it('has room for all of them, and for those who are told that there is none', () => {
    const toldMin = 500;
    expect(figure(text, 'fd-hard-limit')).toBeGreaterThanOrEqual(
      2 * (checked.length * socketsMax + toldMin),
    );
  });

  it('gives a full tracker the time to send the viewers of an old worker away', () => {
    const noticedSeconds = 12;
    const moveSeconds = socketsMax / defaultOf('drain_sockets_per_second');
    expect(figure(text, 'hard-stop-after')).toBeGreaterThan(noticedSeconds + moveSeconds);
    expect(figure(text, 'mworker-max-reloads')).toBeLessThanOrEqual(5);
  });

  it('sees within 2 s that a tracker is gone, but not where it is only busy for a second', () => {
    // One that fails is asked again soon, so the second time comes right behind the first.
    expect(figure(text, 'fall')).toBe(2);
    expect(1_000 * figure(text, 'inter') + figure(text, 'fastinter')).toBeLessThanOrEqual(2_000);
    expect(figure(text, 'timeout check') * figure(text, 'fall')).toBeGreaterThanOrEqual(2);
  });

  it('asks each tracker’s agent, and takes viewers to all where none passes its checks', () => {
    expect(checked).toHaveLength(trackers);
    for (const { options } of checked) expect(options).toMatch(/ agent-check agent-port \d+$/);
    const backups = servers.filter(({ options }) => options.startsWith(' backup'));
    expect(backups.map(({ address }) => address)).toEqual(checked.map(({ address }) => address));
    // By which they know who is leaving; asked seldom, since it matters where all else has failed.
    const agents = checked.map(({ options }) => options.replace(' check', ' backup'));
    expect(backups.map(({ options }) => options)).toEqual(
      agents.map((options) => `${options} agent-inter 2s`),
    );
    expect(text).toContain('option allbackups');
  });
});
