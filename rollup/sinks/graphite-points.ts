import { fallsToZero, metricBase, streamPoints, type Points } from '../../schemas/index.js';
import type { StreamTotal } from '../totals/minute-totals.js';
import type { MinuteWrite } from './sink.js';

function pointsOf(total: StreamTotal, prefix: string, intervalMs: number): Points {
  return streamPoints(metricBase(prefix, total.stream), total.cells, intervalMs);
}

/**
 * All points of a write: the totals, and zeros for what the previous minute had and this one hasn't, so
 * that graphs fall to zero.
 */
export function minutePoints(write: MinuteWrite, prefix: string, intervalMs: number): Points {
  const points: Points = {};
  for (const total of write.previous.values()) {
    for (const metric of Object.keys(pointsOf(total, prefix, intervalMs))) {
      if (fallsToZero(metric)) points[metric] = 0;
    }
  }
  for (const total of write.totals) Object.assign(points, pointsOf(total, prefix, intervalMs));
  return points;
}
