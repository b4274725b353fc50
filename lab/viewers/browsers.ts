import type { Browser } from '../../schemas/index.js';
import type { Weighted } from './random.js';

/** A browser as a tracker meets it: the family that must be counted, and its User-Agent. */
export interface BrowserProfile {
  readonly family: Browser;
  readonly userAgent: string;
}

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

/** Shares as they are usual among viewers at desks, with enough of the rare ones to be seen. */
export const browserShares: readonly Weighted<BrowserProfile>[] = [
  {
    weight: 58,
    value: {
      family: 'Chrome',
      userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36`,
    },
  },
  {
    weight: 18,
    value: {
      family: 'Safari',
      userAgent:
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
    },
  },
  {
    weight: 11,
    value: {
      family: 'Edge',
      userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
    },
  },
  {
    weight: 9,
    value: {
      family: 'Firefox',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    },
  },
  {
    weight: 4,
    value: {
      family: 'Other',
      userAgent: `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0`,
    },
  },
];
