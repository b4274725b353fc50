/** The longest user name that STUN can carry (RFC 8489), beyond which browsers throw. */
export const turnUsernameBytesMax = 509;

/** True: a relay, for which browsers ask for a user name and a credential. */
export function isTurn(url: string): boolean {
  return /^turns?:/.test(url);
}

/**
 * Why `new RTCPeerConnection({ iceServers })` would throw at this URL; undefined: it wouldn't. The
 * rules are WebRTC's ("set the ICE servers") for URLs of RFC 7064 and RFC 7065, and where browsers
 * are stricter (an empty port, port 0) theirs.
 */
export function iceUrlProblem(url: string): string | undefined {
  const [, scheme = '', rest = ''] = /^(stuns?|turns?):(.*)$/s.exec(url) ?? [];
  if (scheme === '') return 'it must begin with stun:, stuns:, turn: or turns:';
  if (/[\s\p{Cc}]/u.test(rest)) return 'it has a space or control character';
  if (rest.includes('#')) return 'it has a fragment';
  const [hostAndPort = '', ...queries] = rest.split('?');
  const query = queries.join('?');
  if (queries.length > 0 && !isTurn(url)) return 'a STUN server has no query';
  if (queries.length > 0 && query !== 'transport=udp' && query !== 'transport=tcp') {
    return 'its query can only be ?transport=udp or ?transport=tcp';
  }
  return hostProblem(hostAndPort);
}

function hostProblem(hostAndPort: string): string | undefined {
  if (hostAndPort === '') return 'it names no host';
  if (/[/\\@"`{}]/.test(hostAndPort))
    return 'it has more than a host and a port, or a character that neither can have';
  if (!URL.canParse(`https://${hostAndPort}`)) return 'its host or port is wrong';
  const port = /:(\d*)$/.exec(hostAndPort.replace(/^\[.*\]/, ''))?.[1];
  return port !== undefined && Number(port) === 0 ? 'its port is wrong' : undefined;
}
