import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Supervisor } from '../process/supervisor.js';
import { LocalAuthority, type MadeCertificate } from './certificates.js';

/** Listeners with TLS and logins that a client of the good one has to refuse. */
const badNames = ['expired', 'foreign'] as const;
/** Beside the brokers' own listener, which has neither TLS nor logins. */
export const securedNames = ['client', ...badNames] as const;
export type SecuredName = (typeof securedNames)[number];

const username = 'viblast';
const mechanism = 'SCRAM-SHA-512';

/** How a local Kafka is secured: what its brokers and its clients need. */
export interface KafkaAccess {
  readonly password: string;
  /** The settings with which services get in through the listener `client`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly certificates: Readonly<Record<SecuredName, MadeCertificate>>;
}

/** Makes an authority and a password in the stack's folder; the password stays with the data. */
export async function makeKafkaAccess(supervisor: Supervisor): Promise<KafkaAccess> {
  supervisor.say('making the certificates and the password of a secured Kafka');
  const folder = join(supervisor.folder, 'kafka-access');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const passwordFile = join(folder, 'password');
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  }
  const authority = await LocalAuthority.make(folder, 'authority');
  const stranger = await LocalAuthority.make(folder, 'stranger');
  return {
    password: readFileSync(passwordFile, 'utf8').trim(),
    settings: {
      kafka_tls: 'on',
      kafka_tls_ca_file: authority.caFile,
      kafka_sasl_mechanism: mechanism.toLowerCase(),
      kafka_sasl_username: username,
      kafka_sasl_password_file: passwordFile,
    },
    certificates: {
      client: await authority.sign('client'),
      expired: await authority.sign('expired', -1),
      foreign: await stranger.sign('foreign'),
    },
  };
}

/** What formatting the data folder makes the user by. */
export function scramUser({ password }: KafkaAccess): string[] {
  return ['--add-scram', `${mechanism}=[name=${username},password=${password}]`];
}

/** The brokers' settings of the secured listeners. */
export function securedProperties({ certificates }: KafkaAccess): Record<string, string> {
  const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const listeners = securedNames.flatMap((name) => {
    const { certificate, key } = certificates[name];
    const store = certificate.replace(/\.crt$/, '.pem');
    writeFileSync(store, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'), {
      mode: 0o600,
    });
    return [
      [`listener.name.${name}.ssl.keystore.type`, 'PEM'],
      [`listener.name.${name}.ssl.keystore.location`, store],
      [`listener.name.${name}.sasl.enabled.mechanisms`, mechanism],
      [`listener.name.${name}.${mechanism.toLowerCase()}.sasl.jaas.config`, login],
    ];
  });
  return Object.fromEntries(listeners) as Record<string, string>;
}
