/** Who is in a swarm of its own while others say what is wrong, as its announces have it. */
export const torrentBystander = { info_hash: 'B'.repeat(20), peer_id: 'b'.repeat(20) } as const;
