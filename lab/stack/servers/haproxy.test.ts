import { describe, expect, it } from '@jest/globals';
import { haproxyConfiguration } from './haproxy.js';

describe('the configuration of HAProxy', () => {
  it('takes no port for a shipped one that begins with the same digits', () => {
    const ports = { viewers: 29_181, tls: 29_191, statistics: 29_131, metrics: 29_101 };
    const backends = [{ name: 'one', port: 29_182, agentPort: 29_211 }];

    const text = haproxyConfiguration(ports, backends, 29_212);

    const binds = [...text.matchAll(/^ *(?:bind|stats socket) (\S+)/gm)].map(([, to]) => to);
    expect(binds).toEqual([
      'ipv4@127.0.0.1:29131',
      '127.0.0.1:29181',
      '127.0.0.1:29191',
      '127.0.0.1:29101',
    ]);
    expect(text).toContain('server one 127.0.0.1:29182 check agent-check agent-port 29211\n');
    expect(text).toMatch(/server-template .* agent-port 29212\b/);
  });
});
