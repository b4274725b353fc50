import { backoffMs, pause } from './timing.js';

const tryAgainFirstMs = 1_000;
const tryAgainMsMax = 30_000;
/** Who isn't asked any more, or is no broker any more, says nothing of now. */
const refusalAgeMsMax = 3 * tryAgainMsMax;
/** A login takes milliseconds; a broker that hangs holds up the next one for no longer. */
const loginTurnMsMax = 1_000;
/** Brokers remembered; more than a cluster has, since addresses may change. */
const brokersMax = 1_000;

/** A login is refused by all brokers alike, a connection by one. */
export type RefusalKind = 'login' | 'connection';

interface Standing {
  /** Undefined: the broker let us in. */
  readonly refusal?: { readonly reason: string; readonly kind: RefusalKind };
  atMs: number;
  /** Not to be asked before. */
  nextAtMs: number;
  readonly refusals: number;
}

/**
 * Which brokers let this process in, and which refuse it for its password, its certificate or
 * theirs. Who was refused is let knock again by one connection at a time, 1 s later, then 2 s, up
 * to 30 s, whatever all its clients want: a wrong password mustn't lock the account nor fill the
 * brokers' logs (kafka/DEFECTS.md#a-refused-login-is-tried-again).
 */
export class Admittance {
  readonly #brokers = new Map<string, Standing>();
  readonly #logins = new Map<string, Promise<void>>();
  #wasAdmitted = false;

  /** `onRefused` is told of refusals once a broker had let us in: before, the start says so. */
  constructor(
    private readonly now: () => number,
    private readonly onRefused: (broker: string, reason: string) => void = () => undefined,
  ) {}

  /** Before a connection to the broker. Throws, with why, when it isn't time yet. */
  knock(broker: string): void {
    const standing = this.#brokers.get(broker);
    if (standing?.refusal === undefined) return;
    const nowMs = this.now();
    const wasSetBack = nowMs < standing.atMs;
    if (!wasSetBack && nowMs < standing.nextAtMs) throw new Error(standing.refusal.reason);
    // This one is under way; the others wait for what it comes to.
    standing.atMs = Math.min(standing.atMs, nowMs);
    standing.nextAtMs = nowMs + tryAgainAfterMs(standing.refusals);
  }

  /**
   * One login at a time goes to a broker, or clients that connect at once, as after its restart,
   * would all try a password that is wrong. Rejects, with why, where one before was refused.
   */
  async login(broker: string, work: () => Promise<void>): Promise<void> {
    const sinceMs = this.now();
    const before = this.#logins.get(broker) ?? Promise.resolve();
    const login = Promise.race([before, pause(loginTurnMsMax)]).then(async () => {
      const standing = this.#brokers.get(broker);
      if (standing?.refusal !== undefined && standing.atMs >= sinceMs) {
        throw new Error(standing.refusal.reason);
      }
      await work();
    });
    const ended = login
      .catch(() => undefined)
      .then(() => {
        if (this.#logins.get(broker) === ended) this.#logins.delete(broker);
      });
    this.#logins.set(broker, ended);
    await login;
  }

  admitted(broker: string): void {
    this.#wasAdmitted = true;
    this.#set(broker, { atMs: this.now(), nextAtMs: 0, refusals: 0 });
  }

  /** `reason` names the broker. */
  refused(broker: string, reason: string, kind: RefusalKind): void {
    const refusals = (this.#brokers.get(broker)?.refusals ?? 0) + 1;
    const nowMs = this.now();
    const nextAtMs = nowMs + tryAgainAfterMs(refusals - 1);
    this.#set(broker, { refusal: { reason, kind }, atMs: nowMs, nextAtMs, refusals });
    if (this.#wasAdmitted) this.onRefused(broker, reason);
  }

  /** Why Kafka doesn't let us in: our login is refused, or no broker takes our connections. */
  problem(): string | undefined {
    const standings = [...this.#brokers.values()];
    const refusals = standings.flatMap(({ refusal, atMs }) =>
      refusal !== undefined && this.now() - atMs < refusalAgeMsMax ? [refusal] : [],
    );
    const hasEntry = standings.some(({ refusal }) => refusal === undefined);
    const told = refusals.find(({ kind }) => kind === 'login' || !hasEntry);
    return told?.reason;
  }

  #set(broker: string, standing: Standing): void {
    this.#brokers.delete(broker);
    this.#brokers.set(broker, standing);
    if (this.#brokers.size <= brokersMax) return;
    const [oldest] = this.#brokers.keys();
    if (oldest !== undefined) this.#brokers.delete(oldest);
  }
}

function tryAgainAfterMs(refusalsBefore: number): number {
  return backoffMs(refusalsBefore, tryAgainFirstMs, tryAgainMsMax);
}
