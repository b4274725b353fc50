import { createHash } from 'node:crypto';
import { AgeOrder } from '../swarm/age-order.js';
import { nowhere, type Network } from '../swarm/network.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import { OpenOffers, type OpenOffersLimits } from './open-offers.js';
import type { SwarmCounts } from './write-answers.js';

/** Where frames for a client go. */
export interface ClientLink {
  /** The block of the client's address. */
  readonly origin: string;
  /** True: it reads too slowly to be sent what it has not asked for. */
  readonly isBusy: boolean;
  send(text: string): void;
}

/** Which swarm: those of one stream, or of no stream, know nothing of those of another. */
export interface SwarmName {
  /** Key of the stream; empty for swarms of no stream. */
  readonly stream: string;
  /** 20 bytes, each as the character of its code. */
  readonly infoHash: string;
}

/** A peer that another tracker told of. */
export interface RemotePeer {
  readonly peerId: string;
  /** The tracker's instance that has it. */
  readonly instance: string;
}

/** One peer_id in one swarm on one socket. */
export interface Member {
  readonly swarm: SwarmName;
  readonly peerId: string;
  readonly link: ClientLink;
  readonly network: Network;
  /** Those that it was sent. */
  readonly offers: OpenOffers<Member | RemotePeer>;
  /** Those that it made to peers of other trackers. */
  readonly sent: OpenOffers<RemotePeer>;
  isComplete: boolean;
  /** True: it has announced since other sockets have its peer_id too, the first of which it was. */
  isFirst: boolean;
  /** True: it left, was silent for too long, or has not announced yet. */
  isGone: boolean;
}

interface Swarm {
  /** Its key in the store of all dialects, and to other trackers. */
  readonly key: string;
  readonly name: SwarmName;
  /** By peer_id: one member, or several where it stands on several sockets, oldest first. */
  readonly peers: Map<string, Member[]>;
  /** peer_ids of which a member is complete. */
  complete: number;
}

export interface TorrentSwarmsOptions extends OpenOffersLimits {
  readonly swarms: SwarmStore;
  /** A member that announced nothing for longer than this is gone. */
  readonly silentMsMax: number;
}

/** The same on every tracker, short, and no stream's key: none has a `#`. */
function keyOf({ stream, infoHash }: SwarmName): string {
  const hash = createHash('sha256').update(`${stream}\n${infoHash}`, 'latin1').digest();
  return `#${hash.subarray(0, 16).toString('base64url')}`;
}

/**
 * Who is in which WebTorrent swarm, by sockets. A peer_id counts once however many sockets it is
 * on; it is suitable for others by way of the store that all dialects share. Pure: the clock is
 * passed in.
 */
export class TorrentSwarms {
  /** By stream, then by info hash. */
  readonly #streams = new Map<string, Map<string, Swarm>>();
  readonly #byKey = new Map<string, Swarm>();
  readonly #byAge = new AgeOrder<Member>();

  constructor(private readonly options: TorrentSwarmsOptions) {}

  get memberCount(): number {
    return this.#byAge.size;
  }

  /** Somebody who may announce, and is nowhere before. */
  newMember(swarm: SwarmName, peerId: string, link: ClientLink, network = nowhere): Member {
    const offers = new OpenOffers<Member | RemotePeer>(this.options);
    const sent = new OpenOffers<RemotePeer>(this.options);
    const standing = { isComplete: false, isFirst: false, isGone: true };
    return { swarm, peerId, link, network, offers, sent, ...standing };
  }

  /**
   * Joins, or stays. Who is complete once stays so. `gives`: others may fetch from it though it
   * isn't complete. Returns who is there now.
   */
  announced(
    member: Member,
    { isComplete, gives }: { readonly isComplete: boolean; readonly gives: boolean },
    nowMs: number,
  ): SwarmCounts {
    const { swarm: name, peerId } = member;
    const swarm = this.#swarm(name);
    if (!member.isGone) member.isFirst ||= isFirstOfSeveral(swarm, member);
    if (member.isGone || (isComplete && !member.isComplete)) {
      this.#enter(swarm, member, isComplete);
    }
    this.#byAge.touch(member, nowMs);
    const { swarms } = this.options;
    const { key } = swarm;
    const isOver = !gives && !swarm.peers.get(peerId)?.some((one) => one.isComplete);
    // The dialect doesn't tell where a peer plays.
    const place = { segment: -1, quality: 'unknown', isOver };
    if (!swarms.announced(key, peerId, place, nowMs)) {
      // It is new, or the swarm had no room before.
      swarms.join(key, peerId, member.network);
      swarms.announced(key, peerId, place, nowMs);
    }
    return countsOf(swarm, swarms.elsewhereCount(key));
  }

  leave(member: Member): void {
    if (member.isGone) return;
    member.isGone = true;
    this.#byAge.delete(member);
    const { swarm: name, peerId } = member;
    const swarm = this.#swarm(name);
    const members = swarm.peers.get(peerId) ?? [];
    const left = members.filter((one) => one !== member);
    if (member.isComplete && !left.some((one) => one.isComplete)) swarm.complete -= 1;
    if (left.length > 0) {
      swarm.peers.set(peerId, left);
      return;
    }
    swarm.peers.delete(peerId);
    this.options.swarms.leave(swarm.key, peerId);
    if (swarm.peers.size === 0) this.#forget(swarm);
  }

  /** Takes out who has been silent for too long. */
  expire(nowMs: number): void {
    const silent = this.#byAge.takeUntouched(nowMs - this.options.silentMsMax);
    for (const member of silent) this.leave(member);
  }

  /** Who is there, at other trackers too: whether those are complete isn't known. */
  counts(name: SwarmName): SwarmCounts {
    const swarm = this.#streams.get(name.stream)?.get(name.infoHash);
    const elsewhere = this.options.swarms.elsewhereCount(swarm?.key ?? keyOf(name));
    return countsOf(swarm, elsewhere);
  }

  /** How many other trackers have in this swarm, and in the stream's of the other dialect. */
  elsewhereCount(name: SwarmName): number {
    const { swarms } = this.options;
    return swarms.elsewhereCount(this.keyOf(name)) + swarms.elsewhereCount(name.stream);
  }

  /** Of all swarms of a stream by their info hashes, up to `max` of them. */
  countsOfStream(stream: string, max: number): Map<string, SwarmCounts> {
    const counts = new Map<string, SwarmCounts>();
    for (const [infoHash, swarm] of this.#streams.get(stream) ?? []) {
      if (counts.size >= max) break;
      counts.set(infoHash, countsOf(swarm, this.options.swarms.elsewhereCount(swarm.key)));
    }
    return counts;
  }

  /** Others that suit this member, up to `wanted`; those of other trackers have an instance. */
  others({ swarm: name, peerId }: Member, wanted: number, nowMs: number): readonly RemotePeer[] {
    const swarm = this.#streams.get(name.stream)?.get(name.infoHash);
    if (swarm === undefined) return [];
    const isShared = (swarm.peers.get(peerId)?.length ?? 0) > 1;
    return this.options.swarms
      .pick(swarm.key, peerId, { wanted, known: [], isShared }, nowMs)
      .map(({ id, instance }) => ({ peerId: id, instance }));
  }

  /** An answer went from one to the other: the two have met. */
  met({ swarm, peerId }: Member, other: Member | RemotePeer): void {
    const instance = 'instance' in other ? other.instance : '';
    this.options.swarms.met(this.keyOf(swarm), peerId, other.peerId, instance);
  }

  /**
   * Where to send what is for a peer_id of this tracker: its oldest socket. As long as that hasn't
   * announced since others have the peer_id, the newest too: the oldest may be the dead one of a
   * viewer that came back. Who uses another's peer_id so takes nothing from it, and can't be first
   * to answer what is offered to it.
   */
  membersOf({ stream, infoHash }: SwarmName, peerId: string): readonly Member[] {
    const members = this.#streams.get(stream)?.get(infoHash)?.peers.get(peerId) ?? [];
    const [oldest] = members;
    if (oldest?.isFirst === true) return [oldest];
    return members.length <= 2 ? members : [...members.slice(0, 1), ...members.slice(-1)];
  }

  /** All sockets on which a peer_id stands. */
  socketsOf({ stream, infoHash }: SwarmName, peerId: string): readonly Member[] {
    return this.#streams.get(stream)?.get(infoHash)?.peers.get(peerId) ?? [];
  }

  /** By what a swarm is called to other trackers. */
  named(key: string): SwarmName | undefined {
    return this.#byKey.get(key)?.name;
  }

  /** What a swarm that is here is called to other trackers. */
  keyOf({ stream, infoHash }: SwarmName): string {
    return this.#streams.get(stream)?.get(infoHash)?.key ?? '';
  }

  #enter(swarm: Swarm, member: Member, isComplete: boolean): void {
    const members = swarm.peers.get(member.peerId) ?? [];
    const wasComplete = members.some((one) => one.isComplete);
    if (member.isGone) {
      member.isGone = false;
      member.isComplete = false;
      member.isFirst = false;
      members.push(member);
      swarm.peers.set(member.peerId, members);
    }
    member.isComplete ||= isComplete;
    if (member.isComplete && !wasComplete) swarm.complete += 1;
  }

  #swarm(name: SwarmName): Swarm {
    const { stream, infoHash } = name;
    let swarms = this.#streams.get(stream);
    if (swarms === undefined) this.#streams.set(stream, (swarms = new Map<string, Swarm>()));
    let swarm = swarms.get(infoHash);
    if (swarm === undefined) {
      swarm = { key: keyOf(name), name, peers: new Map(), complete: 0 };
      swarms.set(infoHash, swarm);
      this.#byKey.set(swarm.key, swarm);
    }
    return swarm;
  }

  #forget({ key, name: { stream, infoHash } }: Swarm): void {
    this.#byKey.delete(key);
    const swarms = this.#streams.get(stream);
    swarms?.delete(infoHash);
    if (swarms?.size === 0) this.#streams.delete(stream);
  }
}

function isFirstOfSeveral({ peers }: Swarm, member: Member): boolean {
  const members = peers.get(member.peerId);
  return members !== undefined && members.length > 1 && members[0] === member;
}

function countsOf(swarm: Swarm | undefined, elsewhere: number): SwarmCounts {
  const complete = swarm?.complete ?? 0;
  return { complete, incomplete: (swarm?.peers.size ?? 0) - complete + elsewhere };
}
