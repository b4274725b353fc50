import { createHmac } from 'node:crypto';
import { iceUrlProblem, isTurn, turnUsernameBytesMax } from './ice-url.js';

/** An entry of WebRTC's `iceServers`. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** The settings that say which servers viewers are told of, and with which credentials. */
export interface IceSettings {
  readonly ice_servers: readonly string[];
  readonly turn_username: string;
  readonly turn_password: string;
  readonly turn_secret: string;
  readonly turn_ttl_seconds: number;
}

/** The ICE servers as each viewer is told of them. */
export interface IceServers {
  /** How long what a viewer is told is good; Infinity where it doesn't run out. */
  readonly lifetimeMs: number;
  forViewer(peer: string, nowMs: number): IceServer[];
}

/**
 * Takes only what browsers take. Throws an Error that names the setting which is wrong, and shows
 * no secret.
 */
export function iceServersOf(settings: IceSettings): IceServers {
  for (const url of settings.ice_servers) {
    const problem = iceUrlProblem(url);
    if (problem !== undefined) throw new Error(`setting "ice_servers": "${url}": ${problem}`);
  }
  checkCredentials(settings);
  const { ice_servers: urls, turn_secret: secret, turn_ttl_seconds: ttlSeconds } = settings;
  const isTimeLimited = secret !== '' && urls.some(isTurn);
  return {
    lifetimeMs: isTimeLimited ? ttlSeconds * 1_000 : Infinity,
    forViewer(peer, nowMs) {
      const credentials =
        secret === ''
          ? { username: settings.turn_username, credential: settings.turn_password }
          : timeLimited(secret, Math.floor(nowMs / 1_000) + ttlSeconds, peer);
      return urls.map((url) => (isTurn(url) ? { urls: [url], ...credentials } : { urls: [url] }));
    },
  };
}

/**
 * Credentials that end by themselves, as coturn's `use-auth-secret` checks them: the user name has
 * the Unix second of the end, the password is its HMAC-SHA1 by the secret that both sides know.
 */
function timeLimited(secret: string, untilSeconds: number, peer: string) {
  const username = `${untilSeconds}:${peer}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

function checkCredentials(settings: IceSettings): void {
  const { turn_username: username, turn_password: password, turn_secret: secret } = settings;
  const problem = (setting: string, text: string): Error =>
    new Error(`setting "${setting}": ${text}`);
  if (secret !== '' && (username !== '' || password !== '')) {
    throw problem('turn_secret', 'not beside turn_username and turn_password: it is one or other');
  }
  if (username !== '' && password === '') throw problem('turn_password', 'turn_username needs one');
  if (password !== '' && username === '') throw problem('turn_username', 'turn_password needs one');
  if (Buffer.byteLength(username) > turnUsernameBytesMax) {
    throw problem('turn_username', `more than ${turnUsernameBytesMax} bytes`);
  }
  const turn = settings.ice_servers.find(isTurn);
  if (turn !== undefined && username === '' && secret === '') {
    const wanted = 'turn_username and turn_password, or turn_secret';
    throw problem('ice_servers', `"${turn}" needs credentials: set ${wanted}`);
  }
}
