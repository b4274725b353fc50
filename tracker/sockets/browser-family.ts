import type { Browser } from '../../schemas/index.js';
import { brandsOfHeader, familyOfBrands } from './browser-brands.js';

/** A User-Agent is never longer in earnest: apps that show a page add hundreds of characters. */
const userAgentLengthMax = 1_024;
const comment = /\([^()]*\)/g;
const commentDepthMax = 3;

/** What Chromium says of AppleWebKit since it left it (2013), TVs too that say no more. */
const blinkWebKit = /^537\.36(?!\d)/;

/**
 * The family by engine, Edge by its brand (docs/protocol.md#browser-families), from a User-Agent's
 * products (RFC 9110 §10.1.5). What stands in comments, a device's name first of all, has no say.
 */
export function browserFamily(userAgent: string | undefined): Browser {
  const text = (userAgent ?? '').slice(0, userAgentLengthMax);
  const products = productsOf(text);
  const has = (...names: string[]): boolean => names.some((name) => products.has(name));
  if (has('edg', 'edga', 'edge')) return 'Edge';
  if (has('chrome', 'chromium', 'headlesschrome', 'crmo')) return 'Chrome';
  const webKit = products.get('applewebkit');
  if (webKit !== undefined) {
    if (blinkWebKit.test(webKit)) return 'Chrome';
    // The last phones with Internet Explorer claimed to be like an iPhone.
    return text.includes('Trident/') ? 'Other' : 'Safari';
  }
  return has('gecko', 'firefox') ? 'Firefox' : 'Other';
}

interface BrowserHeaders {
  readonly 'user-agent'?: string | undefined;
  readonly 'sec-ch-ua'?: string | string[] | undefined;
}

/** The family by the upgrade request: its brands, where it tells any that is known. */
export function requestedFamily(headers: BrowserHeaders): Browser {
  const { 'user-agent': userAgent, 'sec-ch-ua': brands } = headers;
  const told = typeof brands === 'string' ? familyOfBrands(brandsOfHeader(brands)) : undefined;
  return told ?? browserFamily(userAgent);
}

/** Versions by the products' names in lower case: TVs write `AppleWebkit`. */
function productsOf(userAgent: string): ReadonlyMap<string, string> {
  let text = userAgent;
  for (let depth = 0; depth < commentDepthMax; depth += 1) text = text.replace(comment, ' ');
  const products = new Map<string, string>();
  for (const product of text.split(/\s+/)) {
    const slash = product.indexOf('/');
    if (slash > 0) {
      products.set(product.slice(0, slash).toLowerCase(), product.slice(slash + 1));
    }
  }
  return products;
}
