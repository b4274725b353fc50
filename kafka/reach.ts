import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import type { Admittance } from './admittance.js';
import { askListener } from './ask-listener.js';
import type { KafkajsClients } from './clients.js';
import { causeOf } from './errors.js';
import type { KafkaSecurity } from './settings.js';
import { backoffMs, pause, withDeadline } from './timing.js';

const waitingIntervalMs = 3_000;
const reachDeadlineMs = 5_000;

export interface ReachParts {
  readonly clients: KafkajsClients;
  readonly brokers: readonly string[];
  readonly security: KafkaSecurity;
  readonly admittance: Admittance;
  readonly now: () => number;
}

/**
 * As `KafkaConnection.waitUntilReachable` says. Each broker is asked once before a refusal is
 * believed: another one may let us in.
 */
export async function waitUntilReachable(
  parts: ReachParts,
  onWaiting: (reason: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { now, clients, brokers } = parts;
  let saidAtMs = -Infinity;
  let refusal: string | undefined;
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted === true) {
      throw new AppError('kafka_unavailable', 'gave up waiting for Kafka');
    }
    try {
      await withDeadline(reach(clients), reachDeadlineMs, () => new Error('no answer in time'));
      return;
    } catch (error) {
      refusal = (await refusalOf(error, parts)) ?? refusal;
      if (refusal !== undefined && attempt + 1 >= brokers.length) {
        throw new StartError('kafka_refused', refusal, exitCode.configuration);
      }
      if (now() - saidAtMs >= waitingIntervalMs) {
        saidAtMs = now();
        onWaiting(messageOf(error));
      }
    }
    await pause(backoffMs(attempt, 250, 2_000), signal);
  }
}

async function reach(clients: KafkajsClients): Promise<void> {
  const admin = clients.probe();
  try {
    await admin.connect();
    await admin.describeCluster();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Why it is no use to wait; undefined where the broker is away, or may be. */
async function refusalOf(
  error: unknown,
  { admittance, brokers, security }: ReachParts,
): Promise<string | undefined> {
  const known = admittance.problem();
  if (known !== undefined) return known;
  const { type, wasClosed, broker = brokers[0] ?? '' } = causeOf(error);
  const at = `Kafka at ${broker}`;
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return `${at}: it takes no login by ${security.login?.mechanism}: set kafka_sasl_mechanism`;
  }
  if (type === 'ILLEGAL_SASL_STATE') {
    return `${at}: it takes no login: set kafka_sasl_mechanism to "none", or name another port`;
  }
  return wasClosed ? closedBecause(broker, security) : undefined;
}

/** A broker that is asked what it doesn't take closes the connection without a word. */
async function closedBecause(
  broker: string,
  { tls, login }: KafkaSecurity,
): Promise<string | undefined> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(broker) ?? [];
  const to = { host, port: Number(port) };
  const at = `Kafka at ${broker}`;
  const plain = await askListener({ ...to, tls: undefined });
  if (tls !== undefined && plain.kind === 'kafka') {
    return `${at}: it speaks no TLS: set kafka_tls to "off", or name another port`;
  }
  const listener = tls === undefined ? plain : await askListener({ ...to, tls });
  if (login !== undefined || listener.kind !== 'kafka') return undefined;
  const { mechanisms } = listener;
  if (mechanisms.length === 0) return undefined;
  return `${at}: it wants a login by ${mechanisms.join(' or ')}: set kafka_sasl_mechanism`;
}
