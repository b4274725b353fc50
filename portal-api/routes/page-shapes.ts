import { Type } from 'typebox';
import { portalLimits } from '../limits.js';

/** What lists that come page by page are asked with, and end with. */

export const CursorQuery = {
  cursor: Type.Optional(
    Type.String({
      maxLength: portalLimits.cursorLengthMax,
      description: 'nextCursor of the page before',
    }),
  ),
};

export function limitOf(byDefault: number) {
  const bounds = { minimum: 1, maximum: portalLimits.pageMax };
  return Type.Optional(Type.Integer({ ...bounds, default: byDefault }));
}

export const nextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'for the next page; null: this is the last one',
});
