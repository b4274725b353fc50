import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Type, type Static, type TObject } from 'typebox';
import { configurationError, messageOf } from '../service/errors.js';

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How a client proves who it is: SASL (RFC 4422), and what it proves it with. */
export interface KafkaLogin {
  readonly mechanism: (typeof mechanisms)[number];
  readonly username: string;
  readonly password: string;
}

/** What stands in the files of a TLS client, in PEM; each undefined where there is none. */
export interface KafkaTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** How connections to Kafka are secured; undefined: not. */
export interface KafkaSecurity {
  readonly tls: KafkaTls | undefined;
  readonly login: KafkaLogin | undefined;
}

/** The settings of every service and of `vba-admin` by which they are let in to Kafka. */
export const kafkaSettings = {
  kafka_tls: Type.Union([Type.Literal('off'), Type.Literal('on')], {
    default: 'off',
    description:
      'Whether the listeners of `kafka_brokers` speak TLS; the certificates of the brokers are ' +
      'checked then, and have to name the hosts by which the brokers are reached.',
  }),
  kafka_tls_ca_file: Type.String({
    default: '',
    description:
      "File with the certificates, in PEM, of those who may sign the brokers'; empty where a " +
      'well-known authority does.',
  }),
  kafka_tls_cert_file: Type.String({
    default: '',
    description:
      'File with the certificate, in PEM, by which brokers know this node, and behind it those ' +
      'that signed it; for brokers with `ssl.client.auth`.',
  }),
  kafka_tls_key_file: Type.String({
    default: '',
    description: 'File with the key of `kafka_tls_cert_file`, in PEM, without a passphrase.',
  }),
  kafka_sasl_mechanism: Type.Union(
    (['none', ...mechanisms] as const).map((mechanism) => Type.Literal(mechanism)),
    {
      default: 'none',
      description:
        'How this node logs in to the brokers; `plain` tells them the password, so use it with ' +
        '`kafka_tls` only.',
    },
  ),
  kafka_sasl_username: Type.String({
    default: '',
    description: 'Name of the Kafka user that `kafka_sasl_mechanism` logs in.',
  }),
  kafka_sasl_password: Type.String({
    default: '',
    secret: true,
    description: 'Password of `kafka_sasl_username`; it is taken at the start.',
  }),
};

type Settings = Static<TObject<typeof kafkaSettings>>;

/**
 * Reads the files that the settings name. Throws a StartError (configuration) that names the
 * setting and the file where one can't be read or isn't what it should be, or where settings
 * don't go together.
 */
export function kafkaSecurity(settings: Settings, nowMs: number): KafkaSecurity {
  return { tls: tlsOf(settings, nowMs), login: loginOf(settings) };
}

function loginOf(settings: Settings): KafkaLogin | undefined {
  const { kafka_sasl_username: username, kafka_sasl_password: password } = settings;
  const mechanism = mechanisms.find((name) => name === settings.kafka_sasl_mechanism);
  const given = Object.entries({ kafka_sasl_username: username, kafka_sasl_password: password });
  for (const [name, value] of given) {
    if (mechanism === undefined && value !== '') {
      throw configurationError(`setting "${name}" has no use while "kafka_sasl_mechanism" is none`);
    }
    if (mechanism !== undefined && value === '') {
      throw configurationError(`setting "${name}" is missing: "kafka_sasl_mechanism" needs it`);
    }
  }
  return mechanism && { mechanism, username, password };
}

function tlsOf(settings: Settings, nowMs: number): KafkaTls | undefined {
  const names = ['kafka_tls_ca_file', 'kafka_tls_cert_file', 'kafka_tls_key_file'] as const;
  if (settings.kafka_tls === 'off') {
    const useless = names.find((name) => settings[name] !== '');
    if (useless === undefined) return undefined;
    throw configurationError(`setting "${useless}" has no use while "kafka_tls" is off`);
  }
  const hasCertificate = settings.kafka_tls_cert_file !== '';
  if (hasCertificate !== (settings.kafka_tls_key_file !== '')) {
    const missing = hasCertificate ? 'kafka_tls_key_file' : 'kafka_tls_cert_file';
    throw configurationError(`setting "${missing}" is missing: the certificate and its key`);
  }
  const [ca, cert, key] = names.map((name) => textOf(name, settings[name]));
  if (ca !== undefined) certificateOf('kafka_tls_ca_file', settings.kafka_tls_ca_file, ca);
  if (cert !== undefined) {
    const path = settings.kafka_tls_cert_file;
    const { validTo } = certificateOf('kafka_tls_cert_file', path, cert);
    if (Date.parse(validTo) <= nowMs) {
      throw configurationError(`setting "kafka_tls_cert_file": ${path} has expired at ${validTo}`);
    }
  }
  const tls = { ca, cert, key };
  checkPair(settings, tls);
  return tls;
}

function textOf(name: string, path: string): string | undefined {
  if (path === '') return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw configurationError(`setting "${name}": ${path} cannot be read: ${messageOf(error)}`);
  }
}

function certificateOf(name: string, path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw configurationError(`setting "${name}": ${path} holds no certificate in PEM`);
  }
}

function checkPair(settings: Settings, { cert, key }: KafkaTls): void {
  if (cert === undefined || key === undefined) return;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const { kafka_tls_cert_file: certFile, kafka_tls_key_file: keyFile } = settings;
    throw configurationError(
      `settings "kafka_tls_cert_file" (${certFile}) and "kafka_tls_key_file" (${keyFile}) are no ` +
        `pair: ${messageOf(error)}`,
    );
  }
}
