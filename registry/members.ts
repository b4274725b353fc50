import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection, LogProducer, LogRecord, LogTail } from '../kafka/index.js';
import { codec, groups, topics, totalsGroups, type Member } from '../schemas/index.js';
import { exitCode, messageOf, StartError } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { MemberFold, memberGoneAfterMs, type SeenMember } from './member-fold.js';
import { NameContest } from './name-contest.js';

const heartbeatEveryMs = 5_000;
/** Above the time between heartbeats: who is live is heard within it. */
const watchMs = 7_000;
const watchStepMs = 100;
/** Older heartbeats are no reason to watch, even with clocks a `grace` apart. */
const longGoneAfterMs = 4 * memberGoneAfterMs;
const goodbyeTimeoutMs = 2_000;
/** Who fell silent longer ago is no news any more. */
const goneForMsMax = 600_000;

export interface MembershipOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  /** The node's name, unique among live nodes. */
  readonly name: string;
  /** tracker, rollup, ingest or portal. */
  readonly role: string;
  /** `host:port` of the admin server. */
  readonly address: string;
  readonly version: string;
  /** See `settingsFingerprint`. */
  readonly settingsFingerprint: string;
  /** 0 idle … 1 full. Default 0. */
  readonly load?: () => number;
  /** starting, up, draining, stopping, or which partitions stand still. Default up. */
  readonly state?: () => string;
  /** Partitions owned, as `topic/partition`. Default none. */
  readonly owned?: () => readonly string[];
  /** Sockets of viewers. Default 0. */
  readonly viewers?: () => number;
  /** The revision of its ring that the node goes by. Default 0. */
  readonly ringRevision?: () => number;
  /** Consumer groups that it is in. Default none. */
  readonly groups?: readonly string[];
  /** Called once if another live node proves to have had the name first: this node must stop. */
  readonly fail: (error: unknown) => void;
  /** Ends the watching at start. */
  readonly stopping?: AbortSignal;
  /** Of this run of the process. Default: random. */
  readonly instance?: string;
}

/** A node's own heartbeat on the `members` topic, and the view of all live nodes there. */
export class Membership {
  readonly instance: string;
  readonly #options: MembershipOptions;
  readonly #fold = new MemberFold();
  readonly #contest: NameContest;
  readonly #tail: LogTail;
  readonly #limitedLog = new RateLimitedLog(Date.now);
  #producer: LogProducer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isNameLost = false;
  #nextOffset = 0;
  #clockOffsetMs = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.instance = options.instance ?? randomUUID();
    this.#contest = new NameContest(this.instance);
    this.#tail = options.kafka.tail(topics.members, (record) => this.#read(record));
  }

  /**
   * Reads the topic, makes sure of the name, and sends the first heartbeat. Throws a StartError
   * (`name_taken`, exit code 78) when another live node has the name. A node that has
   * the same admin address is taken for an earlier run of this one (the port is ours now, so it's
   * gone); if it proves to be live all the same, `fail` is called.
   */
  async start(): Promise<void> {
    await this.#tail.start();
    await this.#watchName();
    this.#producer = await this.#options.kafka.producer();
    await this.#heartbeat();
    this.#timer = setInterval(() => void this.#heartbeat(), heartbeatEveryMs);
  }

  /** Says goodbye, so that others see at once that the node is gone. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined) {
      if (!this.#isNameLost) await this.#sayGoodbye(producer);
      await producer.close();
    }
    await this.#tail.stop();
  }

  /** Nodes whose latest heartbeat is younger than 30 s by the brokers' clock. */
  members(): readonly SeenMember[] {
    return this.#fold.live(Date.now() + this.#clockOffsetMs);
  }

  async #watchName(): Promise<void> {
    const { name, address, logger, stopping } = this.#options;
    const found = this.#fold.latest(name);
    const isRecent = found !== undefined && Date.now() - found.seenAtMs < longGoneAfterMs;
    if (!isRecent || found.member.address === address) return;
    const holder = { name, holder: found.member.address };
    logger.warn(holder, 'another node of this name was live lately: watching whether it still is');
    for (let waitedMs = 0; waitedMs < watchMs; waitedMs += watchStepMs) {
      await delay(watchStepMs, undefined, stopping === undefined ? {} : { signal: stopping });
      const latest = this.#fold.latest(name);
      // A goodbye frees the name at once.
      if (latest === undefined) return;
      if (latest.seenAtMs > found.seenAtMs) throw nameTaken(name, latest.member.address);
    }
    logger.info(holder, 'the other node of this name is gone');
  }

  /** While Kafka is away one heartbeat waits, not a row of them. */
  #heartbeat(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    const producer = this.#producer;
    if (producer === undefined) return;
    try {
      const { name: key } = this.#options;
      const values = this.#heartbeatValues();
      const sentAtMs = Date.now();
      const records = values.map((value) => ({ key, value }));
      const appended = await producer.append(topics.members, 0, records);
      this.#clockOffsetMs = appended.logAppendTimeMs - (sentAtMs + Date.now()) / 2;
    } catch (error) {
      this.#limitedLog.log('heartbeat', (heldBack) =>
        this.#options.logger.warn({ error: messageOf(error), heldBack }, 'a heartbeat failed'),
      );
    }
  }

  /** While nodes of an earlier version are there, one that they read as well, before ours. */
  #heartbeatValues(): Buffer[] {
    const self = this.#self();
    const value = codec().encode('Member', self);
    const isReadByOlder = this.members().some(
      ({ member, isOlder }) => isOlder === true && member.name !== self.name,
    );
    return isReadByOlder ? [codec().encode('Member', self, 1), value] : [value];
  }

  #self(): Member {
    const { name, role, address, version, settingsFingerprint } = this.#options;
    const { load, state, owned, viewers, ringRevision, groups } = this.#options;
    return {
      name,
      role,
      instance: this.instance,
      address,
      version,
      settingsFingerprint,
      load: load?.() ?? 0,
      state: state?.() ?? 'up',
      written: Date.now(),
      owned: owned?.() ?? [],
      viewers: viewers?.() ?? 0,
      ringRevision: ringRevision?.() ?? 0,
      groups: groups ?? [],
    };
  }

  async #sayGoodbye(producer: LogProducer): Promise<void> {
    const timeout = new AbortController();
    // After a heartbeat that is under way, or that would bring the node back.
    const goodbye = (this.#sending ?? Promise.resolve())
      .then(() => producer.append(topics.members, 0, [{ key: this.#options.name, value: null }]))
      .catch((error: unknown) =>
        this.#options.logger.warn({ error: messageOf(error) }, 'no goodbye could be said'),
      );
    await Promise.race([
      goodbye,
      delay(goodbyeTimeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
  }

  #read(record: LogRecord): void {
    if (record.offset < this.#nextOffset) return;
    this.#nextOffset = record.offset + 1;
    const seen = readMemberRecord(record);
    if (seen.kind === 'broken') {
      this.#limitedLog.log('broken', (heldBack) =>
        this.#options.logger.error(
          { topic: topics.members, offset: record.offset, reason: seen.reason, heldBack },
          'a record of the members is broken, passed over',
        ),
      );
      return;
    }
    this.#fold.apply(seen.name, seen.member, record.logAppendTimeMs, seen.isOlder);
    if (seen.name === this.#options.name && seen.member !== undefined) {
      this.#judge(seen.member, record.logAppendTimeMs);
    }
  }

  #judge({ instance, address }: Member, seenAtMs: number): void {
    const verdict = this.#contest.read(instance, seenAtMs);
    const { name, fail } = this.#options;
    if (verdict === 'keep' || this.#isNameLost) return;
    this.#isNameLost = true;
    clearInterval(this.#timer);
    fail(nameTaken(name, address));
  }
}

export type MemberRecord =
  | {
      readonly kind: 'member';
      readonly name: string;
      readonly member: Member | undefined;
      readonly isOlder: boolean;
    }
  | { readonly kind: 'broken'; readonly reason: string };

/** A record of `members`: a heartbeat, a goodbye (no member), or why it is neither. */
export function readMemberRecord(record: Pick<LogRecord, 'key' | 'value'>): MemberRecord {
  if (record.key === null) return { kind: 'broken', reason: 'no key' };
  const name = record.key.toString('utf8');
  if (record.value === null) return { kind: 'member', name, member: undefined, isOlder: false };
  const decoded = codec().decode(record.value);
  if (!decoded.ok) return { kind: 'broken', reason: `${decoded.reason}: ${decoded.detail}` };
  if (decoded.record.type !== 'Member' || decoded.record.value.name !== name) {
    return { kind: 'broken', reason: 'not a heartbeat of the node that its key names' };
  }
  const isOlder = codec().isOlder(record.value);
  const member = decoded.record.value;
  return { kind: 'member', name, member: isOlder ? withWhatItCannotTell(member) : member, isOlder };
}

/** A node that tells neither its groups nor a commit: it has all of its role, and goes by none. */
function withWhatItCannotTell(member: Member): Member {
  return { ...member, ringRevision: -1, groups: groupsOfRole[member.role] ?? [] };
}

const groupsOfRole: Readonly<Record<string, string[]>> = {
  rollup: [groups.partials, ...totalsGroups],
  ingest: [groups.ingest],
};

/** All nodes as `members` tells, at one time. */
export interface SeenMembers {
  /** By this machine's clock, by name. */
  readonly live: readonly SeenMember[];
  /** Those that fell silent in the last ten minutes without a goodbye. */
  readonly gone: readonly SeenMember[];
}

/** Reads `members` once, to its end. The topic must exist. */
export async function readMembers(kafka: KafkaConnection): Promise<SeenMembers> {
  const fold = new MemberFold();
  const tail = kafka.tail(topics.members, (record) => {
    const seen = readMemberRecord(record);
    if (seen.kind !== 'member') return;
    fold.apply(seen.name, seen.member, record.logAppendTimeMs, seen.isOlder);
  });
  try {
    await tail.start();
  } finally {
    await tail.stop();
  }
  const nowMs = Date.now();
  return { live: fold.live(nowMs), gone: fold.gone(nowMs, goneForMsMax) };
}

function nameTaken(name: string, address: string): StartError {
  const message = `node_name "${name}" is taken: another live node has it, with its admin server at ${address}`;
  return new StartError('name_taken', message, exitCode.configuration);
}
