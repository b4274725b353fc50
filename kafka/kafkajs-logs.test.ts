import { describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { kafkajsLogs } from './kafkajs-logs.js';

function setUp(isRefused = false) {
  const lines: [level: string, message: string][] = [];
  const line = (level: string) => (_fields: object, message: string) =>
    void lines.push([level, message]);
  const logger = {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  };
  const write = kafkajsLogs(
    logger,
    () => 0,
    () => isRefused,
  )(kafkajs.logLevel.INFO);
  const log = (level: kafkajs.logLevel, message: string, error?: string): void =>
    write({
      namespace: 'Connection',
      level,
      label: '',
      log: { timestamp: '', logger: 'kafkajs', message, ...(error === undefined ? {} : { error }) },
    });
  return { lines, log };
}

const { ERROR, INFO } = kafkajs.logLevel;

describe('kafkajsLogs', () => {
  it.each([
    [INFO, 'Consumer has joined the group', undefined],
    [
      ERROR,
      'Response Heartbeat(key: 12, version: 3)',
      'The group is rebalancing, so a rejoin is needed',
    ],
    [
      ERROR,
      'The coordinator is loading and hence can’t process requests for this group',
      undefined,
    ],
    [
      ERROR,
      'There is no leader for this topic-partition as we are in the middle of a leadership election',
      undefined,
    ],
  ])('demotes what is part of normal life (%s %s)', (level, message, error) => {
    const { lines, log } = setUp();
    log(level, message, error);
    expect(lines).toEqual([['debug', `kafkajs: ${message}`]]);
  });

  it('says a real failure once, though its numbers differ', () => {
    const { lines, log } = setUp();
    log(ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092');
    log(ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9093');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.[0]).toBe('warn');
  });

  it('says nothing of its own while Kafka refuses us, which is told better', () => {
    const { lines, log } = setUp(true);
    log(ERROR, 'Connection error: certificate has expired');
    expect(lines).toEqual([['debug', 'kafkajs: Connection error: certificate has expired']]);
  });
});
