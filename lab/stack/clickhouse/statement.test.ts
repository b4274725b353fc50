import { describe, expect, it } from '@jest/globals';
import { readStatement, stringLiteral } from './statement.js';

const bytes = Buffer.from([1, 0, 255, 10, 70, 79, 82, 77, 65, 84, 32]);

describe('readStatement', () => {
  it('takes the body as the data of an INSERT in the URL', () => {
    expect(readStatement('INSERT INTO db.t (a, b) FORMAT RowBinary', bytes)).toEqual({
      kind: 'insert',
      head: 'INSERT INTO db.t (a, b)',
      settings: {},
      format: 'RowBinary',
      data: bytes,
    });
  });

  it('finds where the data begins in a body that has both', () => {
    const body = Buffer.concat([Buffer.from('INSERT INTO `ü.t` FORMAT Native\n'), bytes]);
    expect(readStatement(undefined, body)).toEqual({
      kind: 'insert',
      head: 'INSERT INTO `ü.t`',
      settings: {},
      format: 'Native',
      data: bytes,
    });
  });

  it('takes settings out of the statement', () => {
    const statement = "INSERT INTO t SETTINGS async_insert=1, log_comment='a, b' FORMAT CSV";
    expect(readStatement(statement, bytes)).toMatchObject({
      head: 'INSERT INTO t',
      settings: { async_insert: '1', log_comment: "'a, b'" },
      format: 'CSV',
    });
  });

  it('accepts column lists with exceptions, and a semicolon', () => {
    expect(readStatement('insert into t (* EXCEPT (a, b)) format JSONEachRow;\n', bytes)).toEqual(
      expect.objectContaining({ head: 'insert into t (* EXCEPT (a, b))', format: 'JSONEachRow' }),
    );
  });

  it.each([
    'INSERT INTO t SELECT format FROM other',
    'INSERT INTO t VALUES (1, 2)',
    'SELECT 1 FORMAT JSON',
    "SELECT 'INSERT INTO t FORMAT CSV'",
  ])('leaves %s as it is', (sql) => {
    expect(readStatement(sql, Buffer.alloc(0))).toEqual({ kind: 'statement', sql });
    expect(readStatement(undefined, Buffer.from(sql))).toEqual({ kind: 'statement', sql });
  });

  it('joins a statement that is split between URL and body', () => {
    expect(readStatement('SELECT', Buffer.from('1'))).toEqual({
      kind: 'statement',
      sql: 'SELECT\n1',
    });
  });
});

describe('stringLiteral', () => {
  it('cannot be broken out of', () => {
    expect(stringLiteral("\\'; DROP")).toBe("'\\\\\\'; DROP'");
  });
});
