import type { Browser, Device, System } from '../../schemas/index.js';
import type { Weighted } from './random.js';

/** A browser as a tracker meets it: the family that must be counted, and how it is told. */
export interface BrowserProfile {
  readonly family: Browser;
  readonly device: Device;
  readonly system: System;
  readonly userAgent: string;
  /** `navigator.userAgentData.brands`, where the browser has it. */
  readonly brands?: readonly { readonly brand: string; readonly version: string }[];
}

/** What Chromium mixes in so that nobody relies on the list's form. */
const grease = { brand: 'Not_A Brand', version: '24' };

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

/** Shares as they are usual among viewers at desks, with enough of the rare ones to be seen. */
export const browserShares: readonly Weighted<BrowserProfile>[] = [
  {
    weight: 58,
    value: {
      family: 'Chrome',
      device: 'desktop',
      system: 'Windows',
      userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36`,
      brands: [grease, { brand: 'Chromium', version: '131' }],
    },
  },
  {
    weight: 18,
    value: {
      family: 'Safari',
      device: 'desktop',
      system: 'macOS',
      userAgent:
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
    },
  },
  {
    weight: 11,
    value: {
      family: 'Edge',
      device: 'desktop',
      system: 'Windows',
      userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
      brands: [
        { brand: 'Microsoft Edge', version: '131' },
        { brand: 'Chromium', version: '131' },
        grease,
      ],
    },
  },
  {
    weight: 9,
    value: {
      family: 'Firefox',
      device: 'desktop',
      system: 'Linux',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    },
  },
  {
    weight: 4,
    value: {
      family: 'Other',
      device: 'tv',
      system: 'Linux',
      userAgent:
        'Opera/9.80 (Linux armv7l; HbbTV/1.2.1 (; Humax; fvp4000t; UKTFAE 1.03.52; 1.0.0; wireless)) Presto/2.12.407 Version/12.51',
    },
  },
];
