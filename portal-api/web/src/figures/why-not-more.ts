import { isAtLeast } from '../../../metrics/at-least.js';
import { cdnReasons, type CdnReason, type MetricSeries } from '../api/shapes.js';
import { sumOf } from './sums.js';

export interface ReasonText {
  readonly name: string;
  readonly meaning: string;
  readonly advice: string;
}

/** Why bytes came from the CDN, in the words of the page, and what changes it. */
export const reasonTexts: Readonly<Record<CdnReason, ReasonText>> = {
  alone: {
    name: 'Nobody else there',
    meaning: 'the viewer was the only one of the stream',
    advice: 'More viewers at the same time change that; nothing is set wrongly.',
  },
  policy: {
    name: 'By policy',
    meaning: 'the stream’s policy or the player wanted no peers',
    advice: 'Look at the policy in the settings: cellular, holdback, from how many viewers on.',
  },
  starting: {
    name: 'Before the first frame',
    meaning: 'the player fetched what it starts with',
    advice: 'Long sessions make it small; a shorter start-up buffer makes it smaller.',
  },
  unconnected: {
    name: 'Nobody connected',
    meaning: 'others were there, but no connection was made',
    advice: 'Networks stand between: look at STUN and TURN, and at the share of connections made.',
  },
  connected: {
    name: 'Peers had it not',
    meaning: 'a connected peer had it not yet, or was too slow',
    advice: 'Raise the upload limit, let viewers have more peers, or play further behind the edge.',
  },
};

export interface Explanation {
  readonly reason: CdnReason;
  /** Of the CDN's bytes whose reason was told, 0 … 1. */
  readonly share: number;
}

/**
 * The reason that most bytes of the CDN have; undefined where none has been told, or it can't be
 * known: a sum is at its bound.
 */
export function mainReason(
  cdnByReason: MetricSeries<'overview'>['cdnByReason'],
): Explanation | undefined {
  const sums = cdnReasons.map((reason) => sumOf(cdnByReason[reason]) ?? 0);
  const all = sums.reduce((before, sum) => before + sum, 0);
  if (all === 0 || sums.some(isAtLeast)) return undefined;
  const most = Math.max(...sums);
  const reason = cdnReasons[sums.indexOf(most)];
  return reason === undefined ? undefined : { reason, share: most / all };
}
