import type { BlockList } from 'node:net';
import { RateLimitedLog, type Logger } from '../../service/logs.js';
import { isTrusted } from './client-address.js';
import { readProxyHeader } from './proxy-protocol.js';
import type { SocketRefusal } from './upgrade-checks.js';

/** A request for a socket, as far as it says who came by way of whom. */
export interface Arrival {
  /** Of the connection's other side. */
  readonly socketAddress: string;
  /** What it counts as. */
  readonly address: string;
  /** What its forwarding headers say, read or not; undefined where it has none. */
  readonly forwarded: string | undefined;
}

export interface ProxyHintsOptions {
  readonly trustedProxies: BlockList;
  readonly logger: Logger;
  readonly now: () => number;
  readonly metrics: { untrustedForwarding(): void };
}

const logEveryMs = 60_000;
/** Addresses of which is remembered what they told first. */
const addressesMax = 1_000;

/** Tells the operator whom the port refuses, and what of the settings makes many viewers one. */
export class ProxyHints {
  readonly #log: RateLimitedLog;
  readonly #firstTold = new Map<string, string>();

  constructor(private readonly options: ProxyHintsOptions) {
    this.#log = new RateLimitedLog(options.now, logEveryMs);
  }

  /** Somebody comes who says to come from elsewhere: so does a proxy that isn't trusted. */
  arrived({ socketAddress, address, forwarded }: Arrival): void {
    const { trustedProxies, metrics, logger } = this.options;
    if (forwarded === undefined) return;
    if (isTrusted(socketAddress, trustedProxies)) {
      if (address === socketAddress) this.#unreadHeader(socketAddress);
      return;
    }
    metrics.untrustedForwarding();
    const first = this.#firstTold.get(socketAddress);
    if (first === undefined) {
      if (this.#firstTold.size >= addressesMax) this.#firstTold.clear();
      this.#firstTold.set(socketAddress, forwarded.slice(0, 200));
    } else if (first !== forwarded.slice(0, 200)) {
      this.#log.log('untrusted', (heldBack) =>
        logger.warn(
          { proxy: socketAddress, heldBack },
          'viewers come by way of an address that is not in trusted_proxies: all of them count as ' +
            'this one address; if it is a proxy of yours, add it',
        ),
      );
    }
  }

  /** With the PROXY protocol: a connection begins otherwise, or comes from a stranger. */
  noProxyHeader(address: string): void {
    const { trustedProxies, logger } = this.options;
    const hint = isTrusted(address, trustedProxies)
      ? 'a trusted proxy sends no PROXY header: let it, or set proxy_protocol to false'
      : 'if it is a proxy of yours, add it to trusted_proxies';
    this.#log.log('no-proxy-header', (heldBack) =>
      logger.warn({ address, hint, heldBack }, 'a connection without a PROXY header is ended'),
    );
  }

  /** Something came that is no HTTP; `bytes`: its beginning, as far as it's known. */
  unreadable(address: string, bytes: Buffer | undefined): void {
    if (bytes === undefined || readProxyHeader(bytes).kind !== 'read') return;
    const { logger } = this.options;
    this.#log.log('proxy-header', (heldBack) =>
      logger.warn(
        { address, heldBack },
        'connections begin with a PROXY header and are ended: set proxy_protocol to true',
      ),
    );
  }

  #unreadHeader(proxy: string): void {
    this.#log.log('unread', (heldBack) =>
      this.options.logger.warn(
        { proxy, heldBack },
        "a trusted proxy's forwarding header tells no address that can be read: who comes by way " +
          'of it counts as this one address',
      ),
    );
  }

  /** A check has refused an upgrade. An address is named where it is what is refused. */
  refused(arrival: Arrival, check: SocketRefusal): void {
    if (check === 'sockets_per_address_max') {
      this.#refusedAddress(arrival, check);
      return;
    }
    const { logger } = this.options;
    const level = check === 'stopping' ? 'info' : 'warn';
    this.#log.log(check, (heldBack) =>
      logger[level]({ check, heldBack }, 'sockets are refused: 503'),
    );
  }

  /** Many viewers may be one address by mistake. */
  #refusedAddress({ socketAddress, address, forwarded }: Arrival, check: SocketRefusal): void {
    const { trustedProxies, logger } = this.options;
    let hint = 'if viewers share this address, raise sockets_per_address_max';
    if (isTrusted(address, trustedProxies)) {
      hint = 'a trusted proxy that tells no viewer: set its forwarding header, or proxy_header';
    } else if (forwarded !== undefined && !isTrusted(socketAddress, trustedProxies)) {
      hint = 'if it is a proxy of yours, add it to trusted_proxies';
    }
    this.#log.log(check, (heldBack) =>
      logger.warn(
        { check, address, hint, heldBack },
        'an address has as many sockets as it may: 429',
      ),
    );
  }
}
