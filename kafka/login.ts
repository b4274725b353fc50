import { createRequire } from 'node:module';
import type { Authenticator, AuthenticationProviderArgs, Mechanism } from 'kafkajs';
import { messageOf } from '../service/errors.js';
import type { Admittance } from './admittance.js';
import type { KafkaLogin } from './settings.js';

/** As kafkajs makes them by itself; it has no types for its inside. */
type Provider = (
  credentials: Pick<KafkaLogin, 'username' | 'password'>,
) => (given: AuthenticationProviderArgs) => Authenticator;

const require = createRequire(import.meta.url);
const folder = 'kafkajs/src/broker/saslAuthenticator';
const modules: Readonly<Record<KafkaLogin['mechanism'], string>> = {
  plain: 'plain',
  'scram-sha-256': 'scram256',
  'scram-sha-512': 'scram512',
};

/**
 * kafkajs's own login, but a broker that goes away half-way is no wrong password: kafkajs gives
 * both the same error (kafka/DEFECTS.md#a-refused-login-is-tried-again).
 */
export function guardedLogin(login: KafkaLogin, admittance: Admittance): Mechanism {
  const provider = require(`${folder}/${modules[login.mechanism]}`) as Provider;
  return {
    mechanism: login.mechanism,
    authenticationProvider: (given) => ({
      authenticate: () =>
        admittance.login(`${given.host}:${given.port}`, () =>
          authenticate(provider, login, given, admittance),
        ),
    }),
  };
}

async function authenticate(
  provider: Provider,
  login: KafkaLogin,
  given: AuthenticationProviderArgs,
  admittance: Admittance,
): Promise<void> {
  const { username, password, mechanism } = login;
  const broker = `${given.host}:${given.port}`;
  const refused = (why: string): void => {
    const reason = `Kafka at ${broker}: the login of "${username}" by ${mechanism} failed: ${why}`;
    admittance.refused(broker, reason, 'login');
  };
  let answer: Error | undefined;
  const exchange: AuthenticationProviderArgs['saslAuthenticate'] = async (messages) => {
    try {
      return await given.saslAuthenticate(messages);
    } catch (error) {
      if (error instanceof Error) answer = error;
      if (isRefusal(error)) refused('kafka_sasl_username or kafka_sasl_password is wrong');
      throw error;
    }
  };
  try {
    const authenticator = provider({ username, password })({
      ...given,
      saslAuthenticate: exchange,
    });
    await authenticator.authenticate();
  } catch (error) {
    if (answer !== undefined) throw answer;
    // What the broker said is not what one says who knows the password.
    refused(messageOf(error));
    throw error;
  }
  admittance.admitted(broker);
}

/** True: the broker said no, which is an error of Kafka's protocol. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'SASL_AUTHENTICATION_FAILED';
}
