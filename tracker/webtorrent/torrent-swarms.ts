import { AgeOrder } from '../swarm/age-order.js';
import { nowhere, type Network } from '../swarm/network.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import { OpenOffers, type OpenOffersLimits } from './open-offers.js';
import type { SwarmCounts } from './write-answers.js';

/** Where frames for a client go. */
export interface ClientLink {
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

/** One peer_id in one swarm on one socket. */
export interface Member {
  readonly swarm: SwarmName;
  readonly peerId: string;
  readonly link: ClientLink;
  readonly network: Network;
  readonly offers: OpenOffers<Member>;
  isComplete: boolean;
  /** True: it left, was silent for too long, or has not announced yet. */
  isGone: boolean;
}

interface Swarm {
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

/** The name in the store of all dialects: no stream's key has a `#`. */
export function swarmKey({ stream, infoHash }: SwarmName): string {
  return `#${stream}#${Buffer.from(infoHash, 'latin1').toString('hex')}`;
}

/**
 * Who is in which WebTorrent swarm, by sockets. A peer_id counts once however many sockets it is
 * on; it is suitable for others by way of the store that all dialects share. Pure: the clock is
 * passed in.
 */
export class TorrentSwarms {
  /** By stream, then by info hash. */
  readonly #streams = new Map<string, Map<string, Swarm>>();
  readonly #byAge = new AgeOrder<Member>();

  constructor(private readonly options: TorrentSwarmsOptions) {}

  get memberCount(): number {
    return this.#byAge.size;
  }

  /** Somebody who may announce, and is nowhere before. */
  newMember(swarm: SwarmName, peerId: string, link: ClientLink, network = nowhere): Member {
    const offers = new OpenOffers<Member>(this.options);
    return { swarm, peerId, link, network, offers, isComplete: false, isGone: true };
  }

  /** Joins, or stays. Who is complete once stays so. */
  announced(member: Member, isComplete: boolean, nowMs: number): void {
    this.expire(nowMs);
    const { swarm: name, peerId } = member;
    const swarm = this.#swarm(name);
    const members = swarm.peers.get(peerId) ?? [];
    const wasComplete = members.some((one) => one.isComplete);
    if (member.isGone) {
      member.isGone = false;
      member.isComplete = false;
      members.push(member);
      swarm.peers.set(peerId, members);
    }
    member.isComplete ||= isComplete;
    if (member.isComplete && !wasComplete) swarm.complete += 1;
    this.#byAge.touch(member, nowMs);
    const { swarms } = this.options;
    const key = swarmKey(name);
    // Again where the swarm had no room before.
    if (!swarms.has(key, peerId)) swarms.join(key, peerId, member.network);
    swarms.announced(key, peerId, { segment: -1, quality: 'unknown', isOver: false }, nowMs);
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
    this.options.swarms.leave(swarmKey(name), peerId);
    if (swarm.peers.size === 0) this.#forget(name);
  }

  /** Takes out who has been silent for too long. */
  expire(nowMs: number): void {
    const silent = this.#byAge.takeUntouched(nowMs - this.options.silentMsMax);
    for (const member of silent) this.leave(member);
  }

  counts({ stream, infoHash }: SwarmName): SwarmCounts {
    return countsOf(this.#streams.get(stream)?.get(infoHash));
  }

  /** Of all swarms of a stream by their info hashes, up to `max` of them. */
  countsOfStream(stream: string, max: number): Map<string, SwarmCounts> {
    const counts = new Map<string, SwarmCounts>();
    for (const [infoHash, swarm] of this.#streams.get(stream) ?? []) {
      if (counts.size >= max) break;
      counts.set(infoHash, countsOf(swarm));
    }
    return counts;
  }

  /**
   * Others that suit this member, up to `wanted`, each with the sockets to send to: the peer_id's
   * oldest and its newest. One of a viewer that came back is dead, and who uses another's peer_id
   * takes nothing from it.
   */
  others(member: Member, wanted: number, nowMs: number): readonly (readonly Member[])[] {
    const { swarm: name, peerId } = member;
    const swarm = this.#streams.get(name.stream)?.get(name.infoHash);
    return this.options.swarms
      .pick(swarmKey(name), peerId, { wanted, known: [] }, nowMs)
      .map(({ id }) => {
        const members = swarm?.peers.get(id) ?? [];
        return members.length <= 2 ? members : [...members.slice(0, 1), ...members.slice(-1)];
      });
  }

  /** An answer went to another member: the two have met. */
  met({ swarm, peerId }: Member, otherPeerId: string): void {
    this.options.swarms.met(swarmKey(swarm), peerId, otherPeerId);
  }

  #swarm({ stream, infoHash }: SwarmName): Swarm {
    let swarms = this.#streams.get(stream);
    if (swarms === undefined) this.#streams.set(stream, (swarms = new Map<string, Swarm>()));
    let swarm = swarms.get(infoHash);
    if (swarm === undefined) swarms.set(infoHash, (swarm = { peers: new Map(), complete: 0 }));
    return swarm;
  }

  #forget({ stream, infoHash }: SwarmName): void {
    const swarms = this.#streams.get(stream);
    swarms?.delete(infoHash);
    if (swarms?.size === 0) this.#streams.delete(stream);
  }
}

function countsOf(swarm: Swarm | undefined): SwarmCounts {
  const complete = swarm?.complete ?? 0;
  return { complete, incomplete: (swarm?.peers.size ?? 0) - complete };
}
