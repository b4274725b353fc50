/**
 * Telling an INSERT with its data apart from any other statement, as ClickHouse's HTTP server does.
 */

export interface PlainStatement {
  readonly kind: 'statement';
  readonly sql: string;
}

export interface InsertStatement {
  readonly kind: 'insert';
  /** `INSERT INTO [database.]table [(columns)]`. */
  readonly head: string;
  /** SQL literals by the settings' names, from the statement's SETTINGS clause. */
  readonly settings: Readonly<Record<string, string>>;
  readonly format: string;
  readonly data: Buffer;
}

/** Where FORMAT of an INSERT is looked for in a body that has statement and data. */
const headBytesMax = 65_536;

const name = '(?:`[^`]+`|"[^"]+"|\\w+)';
const columns = '\\((?:[^()]|\\([^()]*\\))*\\)';
const insertPattern = new RegExp(
  `^(\\s*INSERT\\s+INTO\\s+(?:TABLE\\s+)?${name}(?:\\.${name})?\\s*(?:${columns})?)` +
    `\\s*(?:SETTINGS\\s+(.*?))?\\s*\\bFORMAT\\s+([A-Za-z]\\w*)[ \\t]*;?[ \\t]*(?:\\r?\\n|$)?`,
  'is',
);
const settingPattern = /(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s,]+)/g;

/**
 * Reads a request: the statement is `query` (of the URL) followed by the body. The data of an
 * INSERT with a FORMAT stays bytes, so binary formats pass unharmed.
 */
export function readStatement(
  query: string | undefined,
  body: Buffer,
): PlainStatement | InsertStatement {
  if (query !== undefined) {
    const match = insertPattern.exec(query);
    if (match !== null) {
      const rest = Buffer.from(query.slice(match[0].length));
      return insert(match, rest.length === 0 ? body : Buffer.concat([rest, body]), 'utf8');
    }
    return { kind: 'statement', sql: body.length === 0 ? query : `${query}\n${body.toString()}` };
  }
  // One character a byte, so that the length of the match is the data's offset.
  const match = insertPattern.exec(body.subarray(0, headBytesMax).toString('latin1'));
  if (match !== null) return insert(match, body.subarray(match[0].length), 'latin1');
  return { kind: 'statement', sql: body.toString() };
}

function insert(
  match: RegExpExecArray,
  data: Buffer,
  encoding: 'utf8' | 'latin1',
): InsertStatement {
  const decode = (text: string): string => Buffer.from(text, encoding).toString('utf8');
  const [, head = '', settings = '', format = ''] = match;
  return {
    kind: 'insert',
    head: decode(head).trim(),
    settings: Object.fromEntries(
      [...decode(settings).matchAll(settingPattern)].map(([, key = '', value = '']) => [
        key,
        value,
      ]),
    ),
    format,
    data,
  };
}

/** A text as an SQL string literal. */
export function stringLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
