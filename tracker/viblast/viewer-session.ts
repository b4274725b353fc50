import { isDeepStrictEqual } from 'node:util';
import {
  type CloseCode,
  type ErrorCode,
  type Hello,
  type RefusalReason,
  type ServerMessage,
  type SignalMessage,
  closeCodes,
  retryableErrorCodes,
} from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import { parseSessionId, sessionBytes, type SessionId } from '../../schemas/index.js';
import { admit } from '../admission/admission.js';
import { joinCloseCodes } from '../admission/check.js';
import type { Grant } from '../admission/ticket.js';
import { Reports, type PutOffCode, type ReportAnswers } from '../announces/reports.js';
import type { HeldFacets } from '../facets/session-facets.js';
import { toldFacets } from '../facets/told-facets.js';
import { signalLimits, trackerLimits } from '../limits.js';
import {
  isCellular,
  sessionPolicyOf,
  toldPolicyOf,
  type PolicySubject,
  type SessionPolicy,
} from '../policy/session-policy.js';
import type { PolicyFollower } from '../policy/stream-audience.js';
import { addressBlock } from '../sockets/ip-address.js';
import type { Conversation, ViewerLink, ViewerRequest } from '../sockets/conversation.js';
import { TokenBucket } from '../sockets/token-bucket.js';
import { AcknowledgementRide } from './acknowledgement-ride.js';
import { acknowledgedText, peersText } from './frequent-answers.js';
import { LentCredentials } from './lent-credentials.js';
import { parseMessage, type ReadAnnounceMessage } from './parse-message.js';
import type { Unreadable } from './read-announces.js';
import type { JoinedSession, RefusedSignal } from './session-directory.js';
import { relayed, Signals } from './signals.js';
import { isOver, SwarmPlace } from './swarm-place.js';
import { toldBrowser, toldRole } from './told-browser.js';
import type { SessionParts } from './viewer-parts.js';
import { welcomeOf } from './welcome.js';

interface Joined {
  readonly stream: string;
  readonly peer: string;
  /** Of stream and session. */
  readonly key: string;
  readonly subject: PolicySubject;
  policy: SessionPolicy;
  readonly place: SwarmPlace;
  readonly reports: Reports;
  /** Made with the first of them. */
  signals: Signals | undefined;
  readonly credentials: LentCredentials;
  readonly facets: HeldFacets;
}

type ErrorSubject = Pick<
  Extract<ServerMessage, { type: 'error' }>,
  'numbers' | 'indexes' | 'to' | 'kind' | 'negotiation'
>;

/** One viewer's conversation in viblast.v1. Calls come in the order of its messages. */
export class ViewerSession implements Conversation, JoinedSession, ReportAnswers, PolicyFollower {
  #state: 'expecting hello' | 'joining' | 'joined' | 'left' | 'closed' = 'expecting hello';
  #joined: Joined | undefined;
  /** Until the viewer says who it is: it would hold what nobody asks for any more. */
  #request: ViewerRequest | undefined;
  readonly #address: string;
  /** Messages that came while the hello is being decided. */
  #waiting: string[] | undefined;
  /** Most viewers make none. */
  #mistakes: TokenBucket | undefined;
  readonly #ride = new AcknowledgementRide();
  #leaveTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: SessionParts,
    private readonly link: ViewerLink,
    request: ViewerRequest,
  ) {
    this.#request = request;
    this.#address = request.address;
  }

  get hasGreeted(): boolean {
    return this.#state !== 'expecting hello';
  }

  receive(text: string): boolean {
    if (this.#state === 'left' || this.#state === 'closed') return false;
    if (this.#state === 'joining') {
      this.#waiting ??= [];
      if (this.#waiting.length >= trackerLimits.messagesWhileJoiningMax) this.refuseFlood();
      else this.#waiting.push(text);
      return false;
    }
    const parsed = parseMessage(text);
    if (!parsed.ok) {
      this.#refuseBad(parsed.code, parsed.detail);
      return false;
    }
    const { message } = parsed;
    this.parts.metrics.message(message.type);
    if (message.type === 'hello') {
      this.#hello(message);
      return false;
    }
    const joined = this.#joined;
    if (joined === undefined) {
      this.#refuseBad('hello_expected', `${message.type} came before hello`);
      return false;
    }
    switch (message.type) {
      case 'announce':
        this.#announce(joined, message);
        return false;
      case 'signal':
        return this.#signal(joined, message, Buffer.byteLength(text));
      case 'leave':
        this.#leave(joined);
        return false;
    }
  }

  receiveBinary(): boolean {
    this.#refuseBad('bad_message', 'binary frames have no meaning here');
    return false;
  }

  refuseFlood(): void {
    this.#error('too_many_messages', 'more messages than allowed');
    this.#end(closeCodes.tooManyMessages, 'too many messages');
  }

  refuseSilence(): void {
    this.#error('hello_expected', 'no hello in time');
    this.#end(closeCodes.noHello, 'no hello in time');
  }

  failed(): void {
    this.#error('internal', 'the tracker made a mistake');
    this.#end(closeCodes.internal, 'internal error');
  }

  reconnect(afterMs: number): void {
    this.#send({ type: 'reconnect', afterMs });
    this.#tellWaiting();
  }

  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#leaveTimer);
    this.supersede();
    this.parts.acknowledgements.delete(this);
    this.#waiting = undefined;
    const joined = this.#joined;
    if (joined === undefined) return;
    this.parts.directory.remove(joined.peer, joined.key, this);
    this.parts.audience.leave(joined.stream, joined.key, this);
    this.parts.budgets.release(joined.key, this.#addressBlock, this.parts.now());
    joined.facets.release();
  }

  streamChanged(stream: RegisteredStream): void {
    const joined = this.#joined;
    if (joined === undefined || this.#state !== 'joined') return;
    const policy = sessionPolicyOf(joined.subject, stream.options);
    const [told, toldBefore] = [toldPolicyOf(policy), toldPolicyOf(joined.policy)];
    joined.policy = policy;
    joined.place.obey(policy);
    joined.reports.tellFacets(this.parts.facets.withGroup(joined.facets.values, policy.group));
    if (!isDeepStrictEqual(told, toldBefore)) this.#send({ type: 'policy', ...told });
  }

  isIn(stream: string): boolean {
    return this.#joined?.stream === stream && this.#state === 'joined';
  }

  /** Where the viewer comes from, as far as it isn't its own to choose. */
  get #addressBlock(): string {
    return addressBlock(this.#address);
  }

  get isBusy(): boolean {
    return this.link.unsentBytes > signalLimits.targetUnsentBytesMax;
  }

  relay(from: string, signal: SignalMessage): void {
    this.#send(relayed(from, signal));
  }

  signalRefused(to: string, { code, kind, negotiation }: RefusedSignal): void {
    this.#error(code, `${kind}: refused by the tracker of that peer`, { to, kind, negotiation });
  }

  supersede(): void {
    this.#joined?.place.leave();
  }

  acknowledged(numbers: readonly number[]): void {
    if (this.#ride.board(numbers, this.parts.now())) this.parts.acknowledgements.add(this);
    else this.#acknowledge([...this.#ride.take(), ...numbers]);
  }

  get acknowledgementsDueMs(): number {
    return this.#ride.dueMs;
  }

  tellOverdue(): void {
    this.#acknowledge(this.#ride.takeOverdue());
  }

  refused(reason: RefusalReason, numbers: number[]): void {
    const { onImplausible } = this.parts;
    const key = this.#joined?.key ?? '';
    if (reason === 'implausible') onImplausible(key, this.#address, numbers);
    this.#send({ type: 'refused', numbers, reason });
  }

  putOff(code: PutOffCode, numbers: number[]): void {
    this.#error(code, 'keep these announces and send them again', { numbers });
  }

  settled(): void {
    if (this.#state === 'left') this.#end(closeCodes.left, 'left');
  }

  #hello(hello: Hello): void {
    const request = this.#request;
    if (this.#state !== 'expecting hello' || request === undefined) {
      this.#refuseBad('already_joined', 'a socket says hello once');
      return;
    }
    const session = parseSessionId(hello.session);
    if (session === undefined) {
      this.#refuseBad('bad_message', 'hello: session is no session id');
      return;
    }
    this.#state = 'joining';
    this.#request = undefined;
    const admitted = admit({
      streamKey: hello.stream,
      stream: this.parts.findStream(hello.stream),
      session,
      token: hello.token,
      ticket: hello.ticket,
      ticketTimes: this.parts.ticketTimes,
      origin: request.origin,
      nowMs: this.parts.now(),
    });
    void Promise.resolve(admitted)
      .then((admission) => {
        if (this.#state !== 'joining') return;
        if (!admission.ok) {
          const { code: reason } = admission;
          const { origin } = request;
          this.parts.onRefused({ reason, stream: hello.stream, origin });
          this.#error(admission.code, admission.detail);
          // The detail may quote the viewer's token, and a close has room for 123 bytes.
          this.#end(joinCloseCodes[admission.code], admission.code);
          return;
        }
        this.#join(hello, session, request, admission.grant);
      })
      .catch((error: unknown) => {
        this.parts.onInternalError(error);
        this.failed();
      });
  }

  #join(hello: Hello, session: SessionId, request: ViewerRequest, grant: Grant | undefined): void {
    const { parts } = this;
    const { session: id } = hello;
    const registered = parts.findStream(hello.stream);
    // The registry's own text, which all its viewers share.
    const stream = registered?.key ?? hello.stream;
    const network = parts.networkOf(this.#address);
    const facets = parts.facets.hold(toldFacets(hello, request, network, registered));
    const role = toldRole(hello);
    const subject = {
      stream,
      session: sessionBytes(session),
      isSeeder: role === 'seeder',
      isCellular: isCellular(hello.connection),
    };
    const policy = sessionPolicyOf(subject, registered?.options ?? {});
    const { cluster, directory, reportParts } = parts;
    const peer = parts.newPeerId();
    const key = `${stream} ${id}`;
    const reporting = {
      stream,
      session: subject.session,
      browser: toldBrowser(hello) ?? request.browser,
      role,
      facets: parts.facets.withGroup(facets.values, policy.group),
      viewer: parts.pseudonymOf(grant?.viewer ?? hello.viewer),
      partition: parts.partitionOf(stream, subject.session, cluster.partitions),
      budget: parts.budgets.hold(key, this.#addressBlock, parts.now()),
    };
    const joined: Joined = {
      stream,
      peer,
      key,
      subject,
      policy,
      place: new SwarmPlace(parts, stream, peer, policy, { network, isSeeder: subject.isSeeder }),
      signals: undefined,
      credentials: new LentCredentials(parts, { peer, session: id, grant }),
      reports: new Reports(reportParts, reporting, this),
      facets,
    };
    this.#joined = joined;
    this.#state = 'joined';
    if (request.isBeacon !== true) {
      directory.add(peer, joined.key, this)?.supersede();
      parts.audience.enter(stream, key, this);
      joined.place.take();
    }
    const lent = joined.credentials.lend(registered, parts.now());
    this.#send(welcomeOf(peer, lent, policy, parts));
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const text of waiting) this.receive(text);
  }

  #announce(joined: Joined, message: ReadAnnounceMessage): void {
    const { stream: key, place, reports, credentials } = joined;
    const { announces, peersWanted, connectedPeers } = message;
    const stream = this.parts.findStream(key);
    const nowMs = this.parts.now();
    place.announced(announces.reports, stream?.renditions ?? [], nowMs);
    const wish = { wanted: peersWanted, known: connectedPeers };
    const peers = place.peers(wish, nowMs);
    this.#sendAscii(peersText(nowMs, peers));
    const { reports: told } = announces;
    this.#acknowledge(
      this.#ride.announced(nowMs, told.length === 0 || told.some(({ state }) => isOver(state))),
    );
    reports.add(announces, stream, place.standing(wish), nowMs);
    const lent = credentials.renewed(stream, nowMs);
    if (lent !== undefined) this.#send({ type: 'renewed', ...lent });
    if (announces.unreadable.indexes.length > 0) this.#refuseUnreadable(announces.unreadable);
  }

  /** From here on acknowledgements don't wait. */
  #tellWaiting(): void {
    this.#ride.end();
    this.#acknowledge(this.#ride.take());
  }

  #acknowledge(numbers: readonly number[]): void {
    if (numbers.length > 0) this.#sendAscii(acknowledgedText(numbers));
  }

  /** However many of a message's announces can't be read: that is one mistake. */
  #refuseUnreadable({ indexes, numbers }: Unreadable): void {
    this.#refuseBad('bad_announce', 'announces without a readable number or time', {
      indexes: [...indexes],
      ...(numbers.length > 0 ? { numbers: [...numbers] } : {}),
    });
  }

  /** True: within the budgets of signals. */
  #signal(joined: Joined, message: SignalMessage, bytes: number): boolean {
    const { peer, stream } = joined;
    joined.signals ??= new Signals(this.parts, {
      session: this,
      peer,
      stream,
      origin: this.#addressBlock,
    });
    const refusal = joined.signals.relay(message, bytes);
    if (refusal === undefined) return true;
    const { to, kind, negotiation } = message;
    this.#error(refusal.code, refusal.detail, { to, kind, negotiation });
    return refusal.code !== 'too_many_signals';
  }

  #leave({ reports }: Joined): void {
    this.supersede();
    this.#state = 'left';
    this.#tellWaiting();
    const end = (): void => this.#end(closeCodes.left, 'left');
    if (reports.unanswered === 0) end();
    else this.#leaveTimer = setTimeout(end, this.parts.leaveDeadlineMs);
  }

  /** Tells of a mistake of the viewer's; too large a message or one mistake too many ends all. */
  #refuseBad(code: ErrorCode, detail: string, about?: ErrorSubject): void {
    this.#error(code, detail, about);
    const nowMs = this.parts.now();
    const { badMessagesMax, mistakesForgivenPerSecond } = trackerLimits;
    this.#mistakes ??= new TokenBucket(mistakesForgivenPerSecond, badMessagesMax - 1, nowMs);
    const isForgiven = this.#mistakes.take(nowMs);
    if (code === 'message_too_large') this.#end(closeCodes.tooLarge, 'message too large');
    else if (!isForgiven) this.#end(closeCodes.badMessages, 'too many bad messages');
  }

  /** `about` names what it is about, as far as that has a name. */
  #error(code: ErrorCode, message: string, about: ErrorSubject = {}): void {
    this.parts.metrics.error(code);
    const retryable = retryableErrorCodes.has(code);
    this.#send({ type: 'error', code, message, retryable, ...about });
  }

  #send(message: ServerMessage): void {
    if (this.#state !== 'closed') this.link.send(JSON.stringify(message));
  }

  #sendAscii(text: string): void {
    if (this.#state !== 'closed') this.link.send(text, true);
  }

  #end(code: CloseCode, reason: string): void {
    if (this.#state === 'closed') return;
    this.link.close(code, reason);
    this.closed();
  }
}
