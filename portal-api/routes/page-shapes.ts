import { Type } from 'typebox';
import { portalLimits } from '../limits.js';
import { orNull } from './or-null.js';

/** What lists that come page by page are asked with, and end with. */

export const CursorQuery = {
  cursor: Type.Optional(
    Type.String({
      maxLength: portalLimits.cursorLengthMax,
      description: 'nextCursor of the page before',
    }),
  ),
};

export function limitOf(byDefault: number, maximum: number = portalLimits.pageMax) {
  const bounds = { minimum: 1, maximum };
  return Type.Optional(Type.Integer({ ...bounds, default: byDefault }));
}

export const nextCursor = orNull(Type.String(), {
  description: 'for the next page; null: this is the last one',
});
