/** URLs that browsers take, each kind of server, of name and of address. */
export const rightIceUrls = [
  'stun:stun.example',
  'stun:stun.example:3478',
  'stun:203.0.113.7',
  'stun:[2001:db8::1]',
  'stun:[2001:db8::1]:3478',
  'stuns:stun.example:5349',
  'turn:turn.example',
  'turn:turn.example:443?transport=tcp',
  'turn:turn.example?transport=udp',
  'turns:turn.example:443?transport=tcp',
  'turns:[2001:db8::1]:5349',
] as const;

/** URLs with which `new RTCPeerConnection` throws, also beside credentials. */
export const wrongIceUrls = [
  '',
  'stun',
  'stun:',
  'turn:',
  'http://stun.example',
  'https:stun.example',
  'ice:stun.example',
  'stun://stun.example',
  'turn://turn.example:3478',
  'stun:stun.example?transport=udp',
  'stuns:stun.example?',
  'stun:stun.example#part',
  'turn:turn.example#part',
  'turn:turn.example?',
  'turn:turn.example?transport=',
  'turn:turn.example?transport=sctp',
  'turn:turn.example?transport=tls',
  'turn:turn.example?protocol=udp',
  'turn:turn.example?transport=udp&transport=tcp',
  'turn:user@turn.example',
  'turn:user:password@turn.example',
  'stun:stun.example/path',
  'stun:stun.example:',
  'stun:stun.example:0',
  'stun:stun.example:65536',
  'stun:stun.example:port',
  'stun:stun.example:34 78',
  'stun:2001:db8::1',
  'stun:[2001:db8::1',
  'stun::3478',
  'stun:${host}',
  'stun:"stun.example"',
  'stun:<host>',
  'stun:a|b',
] as const;

/** Taken by Chromium, but not by WebRTC's rules, so other browsers may throw. */
export const doubtfulIceUrls = [
  'turn:turn.example?transport=UDP',
  'turn:turn.example?transport=udp?transport=tcp',
  'stun:256.256.256.256',
] as const;
