/**
 * JavaScript for a page that is a viewer of `viblast.v1`: it joins, offers a data channel to
 * whoever of its swarm has the higher id, or answers, and says hello. Its value is whom it has
 * met, and what it heard.
 */
export function pageScript(url: string, stream: string, session: string): string {
  return `(${viewerPage})(${JSON.stringify({ url, stream, session })})`;
}

/** Text, since what it uses is a browser's. The one with the lower id offers: nobody yields. */
const viewerPage = `({ url, stream, session }) => new Promise((resolve) => {
  const socket = new WebSocket(url, 'viblast.v1');
  const send = (message) => socket.send(JSON.stringify(message));
  const connections = new Map();
  let own;
  let number = 0;
  const announce = () =>
    send({ type: 'announce', announces: [{ number: number++, time: Date.now(), segment: 3 }] });
  const hear = (peer, channel) => {
    channel.onmessage = ({ data }) => {
      resolve({ peer: own, with: peer, heard: data });
    };
    channel.onopen = () => channel.send('hello from ' + own);
    if (channel.readyState === 'open') channel.onopen();
  };
  const connect = (peer, negotiation) => {
    const connection = new RTCPeerConnection();
    const about = { type: 'signal', to: peer, negotiation };
    connection.onicecandidate = ({ candidate }) => {
      const candidates = [candidate === null ? null : candidate.toJSON()];
      send({ ...about, kind: 'candidates', candidates });
    };
    connection.ondatachannel = ({ channel }) => hear(peer, channel);
    const met = { connection, about, early: [], isDescribed: false };
    connections.set(peer, met);
    return met;
  };
  const describe = async (met, description) => {
    await met.connection.setRemoteDescription(description);
    met.isDescribed = true;
    for (const candidate of met.early) await met.connection.addIceCandidate(candidate);
  };
  const offer = async (peer) => {
    const met = connect(peer, 'of ' + own);
    hear(peer, met.connection.createDataChannel('segments'));
    await met.connection.setLocalDescription();
    send({ ...met.about, kind: 'offer', data: met.connection.localDescription.toJSON() });
  };
  const take = async ({ from, kind, negotiation, data, candidates }) => {
    if (kind === 'offer') {
      const met = connect(from, negotiation);
      await describe(met, data);
      await met.connection.setLocalDescription();
      send({ ...met.about, kind: 'answer', data: met.connection.localDescription.toJSON() });
      return;
    }
    const met = connections.get(from);
    if (kind === 'answer') await describe(met, data);
    for (const candidate of candidates ?? []) {
      if (met.isDescribed) await met.connection.addIceCandidate(candidate);
      else met.early.push(candidate);
    }
  };
  socket.onopen = () => send({ type: 'hello', stream, session });
  socket.onmessage = async (event) => {
    const message = JSON.parse(event.data);
    if (message.type === 'welcome') {
      own = message.peer;
      announce();
      setInterval(announce, 1000);
    }
    if (message.type === 'signal') await take(message);
    if (message.type !== 'peers') return;
    for (const { peer } of message.peers) {
      if (own < peer && !connections.has(peer)) await offer(peer);
    }
  };
})`;
