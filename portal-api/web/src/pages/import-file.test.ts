import { describe, expect, it } from '@jest/globals';
import { readImportFile, withLine } from './import-file.js';

describe('a file for an import', () => {
  it('is read with the line of each stream', () => {
    const text = `{
  "version": 1,
  "streams": [
    { "key": "a", "title": "}] \\" [{" },
    {
      "key": "b",
      "tokenKeys": [{ "kid": "k" }],
      "options": { "labels": { "plan": [{}] } }
    }, { "key": "c" }
  ]
}`;
    const file = readImportFile(text);
    expect(file).toMatchObject({ kind: 'read', streamsCount: 3, lines: [4, 5, 9] });
    if (file.kind !== 'read') throw new Error('it was read');
    const { lines } = file;
    const message = 'streams[1].title: must be string';
    expect(withLine('streams[1].title', message, lines)).toBe(`Line 5: ${message}`);
    expect(withLine('version', 'version: must be 1', lines)).toBe('version: must be 1');
    expect(withLine('streams[7]', message, lines)).toBe(message);
  });

  it('says where it is none', () => {
    expect(readImportFile('{"streams": [}')).toMatchObject({
      kind: 'wrong',
      message: expect.stringMatching(/^It is no JSON: Unexpected token '}'/),
    });
    for (const text of ['[]', 'null', '{}', '{"streams": {}}', '3']) {
      const message = 'It has no list of streams, as an export has.';
      expect(readImportFile(text)).toEqual({ kind: 'wrong', message });
    }
  });

  it('tells no lines where not every entry is a stream', () => {
    expect(readImportFile('{"streams": [3, {}]}')).toMatchObject({ streamsCount: 2, lines: [] });
  });
});
