import Bowser from 'bowser';
import type { Browser } from '../../schemas/index.js';

const families: ReadonlyMap<string, Browser> = new Map([
  ['Chrome', 'Chrome'],
  ['Chromium', 'Chrome'],
  ['Firefox', 'Firefox'],
  ['Safari', 'Safari'],
  ['Microsoft Edge', 'Edge'],
]);

/** A User-Agent is never longer in earnest; bowser's patterns run over all of it. */
const userAgentLengthMax = 512;

/** The family by the User-Agent header; 'Other' for whatever isn't one of the four. */
export function browserFamily(userAgent: string | undefined): Browser {
  if (userAgent === undefined || userAgent === '') return 'Other';
  const { name } = Bowser.getParser(userAgent.slice(0, userAgentLengthMax)).getBrowser();
  return families.get(name ?? '') ?? 'Other';
}
