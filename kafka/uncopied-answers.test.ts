import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { leaveAnswersUncopied } from './uncopied-answers.js';

interface Answer {
  readonly correlationId: number;
  readonly payload: Buffer;
}
interface Connection {
  bytesBuffered: number;
  bytesNeeded: number;
  chunks: Buffer[];
  requestQueue: { fulfillRequest(answer: Answer): void };
  processData(bytes: Buffer): void;
}
const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection };

const headBytes = 8;

function answerOf(correlationId: number, content: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeInt32BE(4 + content.length);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, content]);
}

/** kafkajs's own connection, as far as it reads answers. */
function connection(): { readonly answers: Answer[]; readonly connection: Connection } {
  leaveAnswersUncopied();
  const answers: Answer[] = [];
  const made = Object.create(prototype) as Connection;
  Object.assign(made, {
    bytesBuffered: 0,
    bytesNeeded: 4,
    chunks: [],
    requestQueue: { fulfillRequest: (answer: Answer) => answers.push(answer) },
  });
  return { answers, connection: made };
}

describe('leaveAnswersUncopied', () => {
  it('reads every answer that comes whole where it stands', () => {
    const { answers, connection: reading } = connection();
    const sent = [1, 2, 3].map((id) => answerOf(id, Buffer.alloc(20_000, id)));
    for (const bytes of sent) reading.processData(bytes);
    expect(answers.map(({ correlationId }) => correlationId)).toEqual([1, 2, 3]);
    for (const [index, { payload }] of answers.entries()) {
      expect(payload.buffer).toBe(sent[index]?.buffer);
    }
  });

  it.each([1, 3, 7, 13, 4_000])('puts together what comes in pieces of %d bytes', (size) => {
    const { answers, connection: reading } = connection();
    const sent = Buffer.concat([1, 2, 3].map((id) => answerOf(id, Buffer.alloc(id * 9, id))));
    for (let at = 0; at < sent.length; at += size) {
      reading.processData(sent.subarray(at, at + size));
    }
    expect(answers.map(({ correlationId }) => correlationId)).toEqual([1, 2, 3]);
    expect(answers.map(({ payload }) => payload)).toEqual(
      [1, 2, 3].map((id) => Buffer.alloc(id * 9, id)),
    );
  });
});
