/** Where the next page begins, as text that only this program reads. */
export function cursorOf(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Where something stands in an order: by a value, and where that is the same by its key. */
export interface OrderedPlace<Value> {
  readonly value: Value;
  readonly key: string;
}

/** The place behind which the next page begins in an order. */
export function cursorOfPlace(
  order: readonly [sort: string, order: string],
  { value, key }: OrderedPlace<string | number | null>,
): string {
  return cursorOf([...order, value, key]);
}

/** What `cursorOfPlace` was given; undefined where the cursor is none of this order. */
export function placeOfCursor<Value>(
  cursor: string,
  [sort, order]: readonly [sort: string, order: string],
  isValue: (value: unknown) => value is Value,
): OrderedPlace<Value> | undefined {
  const [ofSort, ofOrder, value, key] = readCursor(cursor) ?? [];
  const isOfOrder = ofSort === sort && ofOrder === order;
  return isOfOrder && isValue(value) && typeof key === 'string' ? { value, key } : undefined;
}

/** What `cursorOf` was given, whatever it is; undefined where the text is no cursor. */
export function readCursor(cursor: string): readonly unknown[] | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(place) ? place : undefined;
  } catch {
    return undefined;
  }
}
