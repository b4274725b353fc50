import type { RegisteredStream } from '../../registry/index.js';
import {
  parseSessionId,
  qualityOf,
  sessionBytes,
  type Announce,
  type Browser,
} from '../../schemas/index.js';
import { admit } from '../admission/admission.js';
import type { AnsweredAnnounce, QueueRefusal } from '../announces/announce-batcher.js';
import { announceOf, type AnnouncingSession } from '../announces/announce-fields.js';
import { acceptedTimes, timeRefusal } from '../announces/time-rules.js';
import {
  type AnnounceMessage,
  type ErrorCode,
  type Hello,
  type RefusalReason,
  type ServerMessage,
  type SignalMessage,
  closeCodes,
  protocolLimits,
} from '../../protocol/index.js';
import { trackerLimits } from '../limits.js';
import { parseMessage } from './parse-message.js';
import type { ViewerParts } from './viewer-parts.js';

/** The way to a viewer's page. After `close`, sending does nothing. */
export interface ViewerLink {
  send(message: ServerMessage): void;
  close(code: number, reason: string): void;
}

/** What the upgrade request told of a viewer. */
export interface ViewerRequest {
  readonly origin: string | undefined;
  readonly browser: Browser;
}

interface Joined extends AnnouncingSession {
  readonly peer: string;
  readonly partition: number;
  /** Of stream and session. */
  readonly key: string;
}

const joinCloseCodes = {
  unknown_stream: closeCodes.unknownStream,
  origin_refused: closeCodes.originRefused,
  token_refused: closeCodes.tokenRefused,
} as const;

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'kafka_unavailable',
  'too_many_messages',
]);

/** One viewer's conversation in viblast.v1, whatever carries it. Calls come in the order of its messages. */
export class ViewerSession {
  #state: 'expecting hello' | 'joining' | 'joined' | 'left' | 'closed' = 'expecting hello';
  #joined: Joined | undefined;
  readonly #waiting: string[] = [];
  #badMessages = 0;
  #unanswered = 0;
  #latestNumber = -1;
  #leaveTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: ViewerParts,
    private readonly link: ViewerLink,
    private readonly request: ViewerRequest,
  ) {}

  /** Whether a hello has come. */
  get hasGreeted(): boolean {
    return this.#state !== 'expecting hello';
  }

  /** A text frame. */
  receive(text: string): void {
    if (this.#state === 'left' || this.#state === 'closed') return;
    if (this.#state === 'joining') {
      if (this.#waiting.length >= trackerLimits.messagesWhileJoiningMax) this.refuseFlood();
      else this.#waiting.push(text);
      return;
    }
    const parsed = parseMessage(text);
    if (!parsed.ok) {
      this.refuseBad(parsed.code, parsed.detail);
      return;
    }
    const { message } = parsed;
    this.parts.metrics.message(message.type);
    if (message.type === 'hello') this.#hello(message);
    else if (this.#joined === undefined) {
      this.refuseBad('hello_expected', `${message.type} came before hello`);
    } else if (message.type === 'announce') this.#announce(this.#joined, message);
    else if (message.type === 'signal') {
      this.#signal(this.#joined, message, Buffer.byteLength(text));
    } else this.#leave();
  }

  /** Tells of a mistake of the viewer's; a message that is too large or one mistake too many ends the socket. */
  refuseBad(code: ErrorCode, detail: string): void {
    this.#error(code, detail);
    this.#badMessages += 1;
    if (code === 'message_too_large') this.#end(closeCodes.tooLarge, 'message too large');
    else if (this.#badMessages >= trackerLimits.badMessagesMax) {
      this.#end(closeCodes.badMessages, 'too many bad messages');
    }
  }

  /** More messages than allowed: the socket ends, since what is dropped unread could never be answered. */
  refuseFlood(): void {
    this.#error('too_many_messages', 'more messages than allowed');
    this.#end(closeCodes.tooManyMessages, 'too many messages');
  }

  refuseSilence(): void {
    this.#error('hello_expected', 'no hello in time');
    this.#end(closeCodes.noHello, 'no hello in time');
  }

  /** Something of ours went wrong: says so without details and ends. */
  failed(): void {
    this.#error('internal', 'the tracker made a mistake');
    this.#end(closeCodes.internal, 'internal error');
  }

  /** What Kafka's answers mean for announces of this session. */
  answered(answers: readonly AnsweredAnnounce<ViewerSession>[]): void {
    const of = (answer: string): number[] =>
      answers.filter((one) => one.answer === answer).map(({ number }) => number);
    this.#unanswered -= answers.length;
    const acknowledged = of('acknowledged');
    if (acknowledged.length > 0) {
      this.parts.metrics.announcesAcknowledged(acknowledged.length);
      this.link.send({ type: 'acknowledged', numbers: acknowledged });
    }
    this.#refuse('late', of('late'));
    this.#putOff('kafka_unavailable', of('retry'));
    if (this.#state === 'left' && this.#unanswered === 0) this.#end(closeCodes.left, 'left');
  }

  /** A later connection of the same session has joined: this one finds no peers any more. */
  supersede(): void {
    this.#leaveSwarm();
  }

  relay(from: string, message: SignalMessage): void {
    this.link.send({ type: 'signal', from, kind: message.kind, data: message.data });
  }

  isIn(stream: string): boolean {
    return this.#joined?.stream === stream && this.#state === 'joined';
  }

  reconnect(afterMs: number): void {
    this.link.send({ type: 'reconnect', afterMs });
  }

  /** The connection is gone. */
  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#leaveTimer);
    this.#leaveSwarm();
    this.#waiting.length = 0;
    const joined = this.#joined;
    if (joined !== undefined) this.parts.directory.remove(joined.peer, joined.key, this);
  }

  #hello(hello: Hello): void {
    if (this.#state !== 'expecting hello') {
      this.refuseBad('already_joined', 'a socket says hello once');
      return;
    }
    const session = parseSessionId(hello.session);
    if (session === undefined) {
      this.refuseBad('bad_message', 'hello: session is no session id');
      return;
    }
    this.#state = 'joining';
    const stream = this.parts.findStream(hello.stream);
    void admit({
      streamKey: hello.stream,
      stream,
      session,
      token: hello.token,
      origin: this.request.origin,
      nowMs: this.parts.now(),
    })
      .then((refusal) => {
        if (this.#state !== 'joining') return;
        if (refusal !== undefined) {
          this.#error(refusal.code, refusal.detail);
          // The detail may quote the viewer's token, and a close has room for 123 bytes.
          this.#end(joinCloseCodes[refusal.code], refusal.code);
          return;
        }
        this.#join(hello, sessionBytes(session));
      })
      .catch((error: unknown) => {
        this.parts.onInternalError(error);
        this.failed();
      });
  }

  #join({ stream, session, browser }: Hello, bytes: Buffer): void {
    const { cluster, now, directory } = this.parts;
    const joined: Joined = {
      stream,
      session: bytes,
      browser: browser ?? this.request.browser,
      peer: this.parts.newPeerId(),
      partition: this.parts.partitionOf(stream, bytes, cluster.partitions),
      key: `${stream} ${session}`,
    };
    this.#joined = joined;
    this.#state = 'joined';
    directory.add(joined.peer, joined.key, this)?.supersede();
    this.parts.swarms.join(stream, joined.peer);
    this.link.send({
      type: 'welcome',
      peer: joined.peer,
      time: now(),
      announceIntervalMs: this.parts.announceIntervalMs,
      iceServers: this.parts.iceServers.map((url) => ({ urls: [url] })),
      limits: {
        messageBytesMax: protocolLimits.messageBytesMax,
        announcesMax: protocolLimits.announcesPerMessageMax,
        peersMax: protocolLimits.peersMax,
        signalBytesMax: protocolLimits.signalBytesMax,
        ...acceptedTimes(cluster),
      },
    });
    for (const text of this.#waiting.splice(0)) this.receive(text);
  }

  #announce(joined: Joined, message: AnnounceMessage): void {
    const { announces, cluster, metrics, now, swarms } = this.parts;
    const stream = this.parts.findStream(joined.stream);
    const nowMs = now();
    const refused = new Map<RefusalReason, number[]>();
    const putOff = new Map<QueueRefusal, number[]>();
    metrics.announcesReceived(message.announces.length);
    for (const fields of message.announces) {
      const reason = refusalOf(stream, fields.time, nowMs, cluster);
      if (reason !== undefined) {
        group(refused, reason, fields.number);
        continue;
      }
      const announce: Announce = announceOf(joined, fields, stream?.renditions ?? []);
      const code = announces.add(joined.partition, this, announce);
      if (code === undefined) this.#unanswered += 1;
      else group(putOff, code, fields.number);
    }
    this.#moveTo(joined, message, stream);
    const wanted = Math.min(
      message.peersWanted ?? protocolLimits.peersWantedDefault,
      protocolLimits.peersMax,
    );
    const picked = swarms.pick(joined.stream, joined.peer, wanted);
    this.link.send({
      type: 'peers',
      time: nowMs,
      peers: picked.map(({ id, segment, quality }) => ({ peer: id, segment, quality })),
    });
    for (const [reason, numbers] of refused) this.#refuse(reason, numbers);
    for (const [code, numbers] of putOff) this.#putOff(code, numbers);
  }

  /** Where the viewer plays, by its newest announce: those sent again don't move it back. */
  #moveTo(joined: Joined, message: AnnounceMessage, stream: RegisteredStream | undefined): void {
    for (const { number, segment, quality } of message.announces) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      this.parts.swarms.update(
        joined.stream,
        joined.peer,
        segment ?? -1,
        qualityOf(quality, stream?.renditions ?? []),
      );
    }
  }

  #signal(joined: Joined, message: SignalMessage, bytes: number): void {
    const { directory, metrics, now, offers, swarms } = this.parts;
    if (bytes > protocolLimits.signalBytesMax) {
      const detail = `a signal has at most ${protocolLimits.signalBytesMax} bytes`;
      this.#error('message_too_large', detail);
      this.#badMessages += 1;
      return;
    }
    const target = directory.byPeer(message.to);
    const isPeer =
      target !== undefined &&
      target !== this &&
      target.isIn(joined.stream) &&
      swarms.has(joined.stream, joined.peer) &&
      swarms.has(joined.stream, message.to);
    if (!isPeer) {
      this.#error('unknown_peer', 'no such peer in this swarm (any more)');
    } else if (!offers.admit(message.kind, joined.peer, message.to, now())) {
      this.#error('no_offer', `${message.kind}: no offer between these two is outstanding`);
    } else {
      metrics.signal(message.kind);
      target.relay(joined.peer, message);
    }
  }

  #leave(): void {
    this.#leaveSwarm();
    this.#state = 'left';
    if (this.#unanswered === 0) {
      this.#end(closeCodes.left, 'left');
      return;
    }
    this.#leaveTimer = setTimeout(
      () => this.#end(closeCodes.left, 'left'),
      trackerLimits.leaveDeadlineMs,
    );
  }

  #leaveSwarm(): void {
    const joined = this.#joined;
    if (joined === undefined) return;
    this.parts.swarms.leave(joined.stream, joined.peer);
    this.parts.offers.forget(joined.peer);
  }

  #refuse(reason: RefusalReason, numbers: number[]): void {
    if (numbers.length === 0) return;
    this.parts.metrics.announcesRefused(reason, numbers.length);
    this.link.send({ type: 'refused', numbers, reason });
  }

  #putOff(code: QueueRefusal, numbers: number[]): void {
    if (numbers.length === 0) return;
    this.parts.metrics.announcesPutOff(code, numbers.length);
    this.#error(code, 'keep these announces and send them again', numbers);
  }

  #error(code: ErrorCode, message: string, numbers?: number[]): void {
    this.parts.metrics.error(code);
    this.link.send({
      type: 'error',
      code,
      message,
      retryable: retryableCodes.has(code),
      ...(numbers === undefined ? {} : { numbers }),
    });
  }

  #end(code: number, reason: string): void {
    this.link.close(code, reason);
    this.closed();
  }
}

function refusalOf(
  stream: RegisteredStream | undefined,
  timeMs: number,
  nowMs: number,
  cluster: ViewerParts['cluster'],
): RefusalReason | undefined {
  if (stream === undefined || stream.isArchived) return 'archived';
  return timeRefusal(timeMs, nowMs, cluster);
}

function group<Key>(groups: Map<Key, number[]>, key: Key, number: number): void {
  const numbers = groups.get(key);
  if (numbers === undefined) groups.set(key, [number]);
  else numbers.push(number);
}
