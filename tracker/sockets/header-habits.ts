import type { IncomingHttpHeaders } from 'node:http';
import { forwardedForOf, type ProxyHeader } from './forwarded-hops.js';

/** Proxies of which is remembered what they leave out. */
const proxiesMax = 1_000;

/**
 * Which of the two headers each proxy writes, by what its requests lack: where both come one may be
 * the viewer's own, which would choose its address by it. A viewer can't take away what the proxy
 * writes.
 */
export class HeaderHabits {
  readonly #written = new Map<string, 'x-forwarded-for' | 'forwarded'>();

  /** Which header of a request by way of this address is to be believed, where any is. */
  headerOf(proxy: string, headers: IncomingHttpHeaders): ProxyHeader {
    const hasForwardedFor = forwardedForOf(headers) !== '';
    const hasForwarded = (headers.forwarded ?? '') !== '';
    if (hasForwardedFor && hasForwarded) return this.#written.get(proxy) ?? 'either';
    if (hasForwardedFor || hasForwarded) {
      if (this.#written.size >= proxiesMax) this.#written.clear();
      this.#written.set(proxy, hasForwarded ? 'forwarded' : 'x-forwarded-for');
    }
    return 'either';
  }
}
