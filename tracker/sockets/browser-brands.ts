import type { Browser } from '../../schemas/index.js';

/**
 * Brands of UA client hints that say what plays; all others, GREASE among them, say nothing. Every
 * browser on Chromium names that too.
 */
const families: ReadonlyMap<string, Browser> = new Map([
  ['Microsoft Edge', 'Edge'],
  ['Microsoft Edge WebView2', 'Edge'],
  ['Chromium', 'Chrome'],
  ['Google Chrome', 'Chrome'],
  ['HeadlessChrome', 'Chrome'],
  ['Android WebView', 'Chrome'],
  ['Firefox', 'Firefox'],
  ['Safari', 'Safari'],
]);

/** The family of a browser with these brands, in whatever order; undefined where none is known. */
export function familyOfBrands(brands: readonly string[]): Browser | undefined {
  const told = brands.map((brand) => families.get(brand));
  return told.includes('Edge') ? 'Edge' : told.find((family) => family !== undefined);
}

const headerLengthMax = 1_024;
/** A string of a structured field (RFC 9651 §3.3.3); one that isn't closed goes to the end. */
const quoted = /"((?:[^"\\]|\\.)*)(?:"|$)/g;

/** The brands of a Sec-CH-UA header; its versions stand among them and are nobody's brand. */
export function brandsOfHeader(header: string): string[] {
  const strings = header.slice(0, headerLengthMax).matchAll(quoted);
  return Array.from(strings, ([, text = '']) => text);
}
