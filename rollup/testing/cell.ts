import { cellOf, emptyCell, type Cell, type PlainCell } from '../../schemas/index.js';

/** A cell that counts this and nothing else; of 720p and Chrome where nothing else is said. */
export function testCell(fields: Partial<PlainCell> = {}): Cell {
  return cellOf({ ...emptyCell('720p', 'Chrome'), ...fields });
}
