import { announceLimits, reportedNumbers } from '../announce-fields.js';
import { countedNumbers } from '../counter-table.js';
import type { AnnounceColumns } from './announce-columns.js';
import { announceSchema } from './announce-schema.js';
import type { FacetColumns } from './facet-columns.js';
import { InternedFacets } from './interned-facets.js';
import { InternedStrings } from './interned-strings.js';
import {
  isFacetInBounds,
  isFacetValueInBounds,
  isQualityInBounds,
  isStreamInBounds,
} from '../limits.js';
import { beginsWith, headerOf, schemaText, typeOf } from './released-schemas.js';
import { compileRowReader, type RowField, type RowReader } from './row-reader.js';
import { VarintReader } from './varint-reader.js';

/**
 * No announce takes less: a byte a field and union branch, two for a string, 16 for the session.
 */
const announceBytesMin = 40;

/** More than the announces of a batch have. */
const facetValuesMax = 65_536;

/**
 * Every field of an announce: its column in `AnnounceColumns`, where stage 1 counts by it, and its
 * bound.
 */
const announceFields: Readonly<Record<string, RowField>> = {
  stream: { column: 'streams', max: announceLimits.streamLengthMax },
  session: { column: 'sessions' },
  number: { column: 'numbers', max: announceLimits.numberMax },
  time: { column: 'times', max: announceLimits.timeMax },
  quality: { column: 'qualities', max: announceLimits.qualityLengthMax },
  browser: { column: 'browsers' },
  state: {},
  role: { column: 'roles' },
  failure: { column: 'failures' },
  cdnReason: { column: 'cdnReasons' },
  viewer: {},
  facets: { column: 'facets.ends' },
  ...reportedNumbers,
  ...Object.fromEntries(
    countedNumbers.map((field) => [
      field,
      { ...reportedNumbers[field], column: `counted.${field}` },
    ]),
  ),
};

/** A released schema never changes, so neither does what is read by it. */
interface Version {
  readonly header: Buffer;
  readonly isSecond: boolean;
  readonly readAnnounce: RowReader<AnnounceColumns>;
}

/**
 * Reads a batch of announces straight into columns: no object, string or buffer an announce, bounds
 * and limits checked on the way. It says yes only where the general codec says yes, with the same
 * values (property tests hold it to that), and it may say no to what the codec takes: odd but valid
 * encodings, such as an array in several blocks. So who gets a no asks the codec.
 */
export class AnnounceDecoder {
  readonly #versions: readonly Version[];
  readonly #numbers = new VarintReader();
  readonly #facets = new InternedFacets(
    ({ facet, value }) => isFacetInBounds(facet) && isFacetValueInBounds(value),
  );

  constructor() {
    const texts = {
      stream: new InternedStrings(isStreamInBounds),
      quality: new InternedStrings(isQualityInBounds),
    };
    // The newest first: it is what most batches are written by.
    this.#versions = ['announce-batch.v2', 'announce-batch.v1'].map((name) => {
      const type = typeOf(schemaText(name));
      return {
        header: headerOf(type),
        isSecond: name === 'announce-batch.v2',
        readAnnounce: compileRowReader(announceSchema(type), announceFields, texts),
      };
    });
  }

  /**
   * False when the bytes are no such batch or not plainly one; the columns then hold nothing
   * (`count` 0).
   */
  decode(bytes: Buffer | null, columns: AnnounceColumns): boolean {
    columns.clear();
    if (bytes === null) return false;
    const version = this.#versions.find(({ header }) => beginsWith(bytes, header));
    return version !== undefined && this.#decodeBy(version, bytes, columns);
  }

  #decodeBy(version: Version, bytes: Buffer, columns: AnnounceColumns): boolean {
    const { header, isSecond, readAnnounce } = version;
    const numbers = this.#numbers;
    numbers.begin(bytes, header.length);
    const trackerLength = numbers.whole(bytes.length);
    numbers.position += trackerLength;
    const written = numbers.whole();
    if (isSecond) this.#readFacetValues(columns.facets);
    const count = numbers.whole();
    const bytesLeft = bytes.length - numbers.position;
    if (numbers.isBroken || count === 0) return false;
    if (count * announceBytesMin > bytesLeft) return false;
    columns.reserve(count);
    columns.begin(isSecond);
    columns.written = written;
    let { position } = numbers;
    for (let row = 0; row < count; row += 1) {
      position = readAnnounce(bytes, position, columns, row);
      if (position < 0) return false;
    }
    // A block of no items ends the array, and with it the batch.
    if (position !== bytes.length - 1 || bytes[position] !== 0) return false;
    columns.count = count;
    return true;
  }

  /** The numbers are broken where these are. */
  #readFacetValues(facets: FacetColumns): void {
    const numbers = this.#numbers;
    const count = numbers.whole(facetValuesMax);
    if (count === 0) return;
    for (let index = 0; index < count && !numbers.isBroken; index += 1) {
      facets.addValue(this.#facets.read(numbers));
    }
    numbers.whole(0);
  }
}
