import { describe, expect, it } from '@jest/globals';
import { creationId, Creations } from './creations.js';
import { streamNamed } from './testing/examples.js';
import type { RegisteredStream } from './types.js';

function created(key: string): RegisteredStream {
  const at = { createdAtMs: 0, changedAtMs: 0, changedBy: 'ann' };
  return { ...streamNamed(key), ...at, revision: 1 };
}

describe('creations that can be asked for again', () => {
  it('are found by their request, and told apart by what was asked for', () => {
    const creations = new Creations();
    const arena = created('arena');
    creations.add(creationId('request', 'body'), arena);
    expect(creations.of('request')).toEqual({ body: 'body', stream: arena });
    expect(creations.madeBy(creationId('request', 'body'))).toBe(arena);
    expect(creations.madeBy(creationId('request', 'another'))).toBeUndefined();
  });

  it('keep the first stream of a request, and none of commands that named no request', () => {
    const creations = new Creations();
    creations.add(creationId('request', 'one'), created('one'));
    creations.add(creationId('request', 'two'), created('two'));
    creations.add('0d7f3a51-6d6c-4d7f-9a53-b5a1f2f1a111', created('three'));
    expect(creations.of('request')?.stream.key).toBe('one');
    expect(creations.madeBy('0d7f3a51-6d6c-4d7f-9a53-b5a1f2f1a111')).toBeUndefined();
  });

  it('are forgotten, the oldest first, above 10 000', () => {
    const creations = new Creations();
    const stream = created('many');
    for (let index = 0; index <= 10_000; index += 1) {
      creations.add(creationId(`request-${index}`, 'body'), stream);
    }
    expect(creations.of('request-0')).toBeUndefined();
    expect(creations.of('request-1')).toBeDefined();
  });
});
