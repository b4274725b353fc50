import { createHash } from 'node:crypto';
import { AgeOrder } from '../swarm/age-order.js';
import { nowhere, type Network } from '../swarm/network.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import { LeftOffers, type LeftOffersLimits } from './left-offers.js';
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
  /** Those that its peer_id was sent, on whichever of its sockets. */
  offers: OpenOffers<Member | RemotePeer>;
  /** Those that it made to peers of other trackers. */
  sent: OpenOffers<RemotePeer>;
  isComplete: boolean;
  /** True: it has announced since other sockets have its peer_id too, the first of which it was. */
  isFirst: boolean;
  /** True: it left, was silent for too long, or has not announced yet. */
  isGone: boolean;
}

/** What an announce says of a member. */
export interface MemberReport {
  readonly isComplete: boolean;
  /** True: others may fetch from it though it isn't complete. */
  readonly gives: boolean;
  /** False: it has no use for others. */
  readonly wantsPeers: boolean;
}

interface Swarm {
  /** Its key in the store of all dialects, and to other trackers. */
  readonly key: string;
  /** By which other trackers are told how many of its peers here are complete. */
  readonly completeKey: string;
  readonly name: SwarmName;
  /** By peer_id: one member, or several where it stands on several sockets, oldest first. */
  readonly peers: Map<string, Member[]>;
  /** peer_ids of which a member is complete. */
  complete: number;
}

export interface TorrentSwarmsOptions extends OpenOffersLimits, LeftOffersLimits {
  readonly swarms: SwarmStore;
  /** A member that announced nothing for longer than this is gone. */
  readonly silentMsMax: number;
}

/** The same on every tracker, short, and no stream's key: none has a `#`. */
function keyOf({ stream, infoHash }: SwarmName): string {
  const hash = createHash('sha256').update(`${stream}\n${infoHash}`, 'latin1').digest();
  return `#${hash.subarray(0, 16).toString('base64url')}`;
}

function emptySwarm(name: SwarmName): Swarm {
  const key = keyOf(name);
  return { key, completeKey: `${key}/complete`, name, peers: new Map(), complete: 0 };
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
  readonly #left: LeftOffers<Member, RemotePeer>;

  constructor(private readonly options: TorrentSwarmsOptions) {
    this.#left = new LeftOffers(options);
  }

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

  /** Joins, or stays. Who is complete once stays so. Returns who is there now. */
  announced(
    member: Member,
    { isComplete, gives, wantsPeers }: MemberReport,
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
    // Who is complete is there for others.
    const isSource =
      !(gives && wantsPeers) && swarm.peers.get(peerId)?.some((one) => one.isComplete) === true;
    // The dialect doesn't tell where a peer plays.
    const place = {
      segment: -1,
      quality: 'unknown',
      isOver: !gives && !isSource,
      wantsPeers: wantsPeers || isSource,
    };
    if (!swarms.announced(key, peerId, place, nowMs)) {
      // It is new, or the swarm had no room before.
      swarms.join(key, peerId, member.network);
      swarms.announced(key, peerId, place, nowMs);
    }
    return this.#countsOf(swarm);
  }

  /** Once its peer_id is on no other socket, what is under way waits for the next of its name. */
  leave(member: Member, nowMs: number): void {
    if (member.isGone) return;
    member.isGone = true;
    this.#byAge.delete(member);
    const { swarm: name, peerId } = member;
    const swarm = this.#swarm(name);
    const members = swarm.peers.get(peerId) ?? [];
    const left = members.filter((one) => one !== member);
    if (member.isComplete && !left.some((one) => one.isComplete)) this.#addComplete(swarm, -1);
    if (left.length > 0) {
      swarm.peers.set(peerId, left);
      return;
    }
    const { offers, sent } = member;
    this.#left.keep(swarm.key + peerId, { offers, sent }, nowMs);
    swarm.peers.delete(peerId);
    this.options.swarms.leave(swarm.key, peerId);
    if (swarm.peers.size === 0) this.#forget(swarm);
  }

  /** Takes out who has been silent for too long. */
  expire(nowMs: number): void {
    const silent = this.#byAge.takeUntouched(nowMs - this.options.silentMsMax);
    for (const member of silent) this.leave(member, nowMs);
  }

  /** Who is there, at other trackers too. */
  counts(name: SwarmName): SwarmCounts {
    return this.#countsOf(this.#streams.get(name.stream)?.get(name.infoHash) ?? emptySwarm(name));
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
      counts.set(infoHash, this.#countsOf(swarm));
    }
    return counts;
  }

  /** Asks others that suit this member until up to `wanted` take what they are asked. */
  introduce(
    { swarm: name, peerId }: Member,
    wanted: number,
    takes: (other: SwarmPeer) => boolean,
    nowMs: number,
  ): void {
    const swarm = this.#streams.get(name.stream)?.get(name.infoHash);
    if (swarm === undefined) return;
    const isShared = (swarm.peers.get(peerId)?.length ?? 0) > 1;
    this.options.swarms.pick(swarm.key, peerId, { wanted, known: [], isShared, takes }, nowMs);
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
      this.#goOn(swarm, member, members[0]);
      members.push(member);
      swarm.peers.set(member.peerId, members);
    }
    member.isComplete ||= isComplete;
    if (member.isComplete && !wasComplete) this.#addComplete(swarm, 1);
  }

  #addComplete(swarm: Swarm, count: 1 | -1): void {
    swarm.complete += count;
    this.options.swarms.count(swarm.completeKey, swarm.complete);
  }

  #countsOf({ key, completeKey, complete, peers }: Swarm): SwarmCounts {
    const { swarms } = this.options;
    const elsewhere = swarms.elsewhereCount(key);
    // Told at another moment, and not by trackers of earlier versions.
    const completeElsewhere =
      elsewhere === 0 ? 0 : Math.min(elsewhere, swarms.elsewhereCount(completeKey));
    return {
      complete: complete + completeElsewhere,
      incomplete: peers.size - complete + elsewhere - completeElsewhere,
    };
  }

  /** With what is under way of its peer_id, here or from before. */
  #goOn({ key }: Swarm, member: Member, other: Member | undefined): void {
    if (other !== undefined) {
      member.offers = other.offers;
      // While it was silent, somebody may have taken its own.
      member.sent = new OpenOffers(this.options);
      return;
    }
    const left = this.#left.take(key + member.peerId);
    if (left === undefined) return;
    member.offers = left.offers;
    member.sent = left.sent;
  }

  #swarm(name: SwarmName): Swarm {
    const { stream, infoHash } = name;
    let swarms = this.#streams.get(stream);
    if (swarms === undefined) this.#streams.set(stream, (swarms = new Map<string, Swarm>()));
    let swarm = swarms.get(infoHash);
    if (swarm === undefined) {
      swarm = emptySwarm(name);
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
