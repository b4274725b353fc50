import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { kafkaSecurity, kafkaSettings } from '../kafka/index.js';
import { checkedSettings } from '../service/config.js';
import {
  expiredCertificate,
  firstCertificate,
  secondCertificate,
} from '../tracker/testing/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'kafka-security-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const nowMs = Date.parse('2026-06-01T00:00:00Z');
const certificate = file('first.crt', firstCertificate.certificate);
const key = file('first.key', firstCertificate.key);
const none = join(folder, 'none');

function security(given: Readonly<Record<string, string>>): ReturnType<typeof kafkaSecurity> {
  return kafkaSecurity(checkedSettings(Type.Object(kafkaSettings), given), nowMs);
}

describe('the settings that secure Kafka', () => {
  it('say nothing unless they are set', () => {
    expect(security({})).toEqual({ tls: undefined, login: undefined });
  });

  it('have what stands in the files', () => {
    const files = { kafka_tls_ca_file: certificate, kafka_tls_cert_file: certificate };
    expect(
      security({
        ...files,
        kafka_tls: 'on',
        kafka_tls_key_file: key,
        kafka_sasl_mechanism: 'scram-sha-256',
        kafka_sasl_username: 'tracker',
        kafka_sasl_password_file: file('password', 'hush\n'),
      }),
    ).toEqual({
      tls: {
        ca: firstCertificate.certificate,
        cert: firstCertificate.certificate,
        key: firstCertificate.key,
      },
      login: { mechanism: 'scram-sha-256', username: 'tracker', password: 'hush' },
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a file without TLS', { kafka_tls_ca_file: certificate }, ['kafka_tls_ca_file', 'off']],
    [
      'a certificate without its key',
      { kafka_tls: 'on', kafka_tls_cert_file: certificate },
      ['kafka_tls_key_file'],
    ],
    [
      'a key without its certificate',
      { kafka_tls: 'on', kafka_tls_key_file: key },
      ['kafka_tls_cert_file'],
    ],
    [
      'a file that is not there',
      { kafka_tls: 'on', kafka_tls_ca_file: none },
      ['kafka_tls_ca_file', none],
    ],
    [
      'a file that holds something else',
      { kafka_tls: 'on', kafka_tls_ca_file: key },
      ['kafka_tls_ca_file', key, 'no certificate'],
    ],
    [
      'a certificate that has expired',
      {
        kafka_tls: 'on',
        kafka_tls_cert_file: file('expired.crt', expiredCertificate.certificate),
        kafka_tls_key_file: file('expired.key', expiredCertificate.key),
      },
      ['kafka_tls_cert_file', 'expired'],
    ],
    [
      "another certificate's key",
      {
        kafka_tls: 'on',
        kafka_tls_cert_file: certificate,
        kafka_tls_key_file: file('second.key', secondCertificate.key),
      },
      ['kafka_tls_cert_file', 'kafka_tls_key_file', 'no pair'],
    ],
    [
      'a login without a password',
      { kafka_sasl_mechanism: 'plain', kafka_sasl_username: 'x' },
      ['kafka_sasl_password', 'missing'],
    ],
    [
      'a login without a name',
      { kafka_sasl_mechanism: 'plain', kafka_sasl_password: 'hush' },
      ['kafka_sasl_username', 'missing'],
    ],
    [
      'a password that nobody is told',
      { kafka_sasl_password: 'hush' },
      ['kafka_sasl_password', 'no use'],
    ],
    ['an unknown mechanism', { kafka_sasl_mechanism: 'gssapi' }, ['kafka_sasl_mechanism']],
    ['TLS that is neither on nor off', { kafka_tls: 'maybe' }, ['kafka_tls']],
  ])('refuse %s by its name, with 78', (_what, given, said) => {
    let refusal: unknown;
    try {
      security(given);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'configuration', exitCode: 78 });
    for (const words of said) expect(String(refusal)).toContain(words);
    expect(String(refusal)).not.toMatch(/hush|PRIVATE KEY/);
  });
});
