import type { Appended } from './types.js';

/** One entry of a produce answer, as the client library hands it out. */
export interface ProduceAnswerEntry {
  readonly topicName?: string | undefined;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset?: string | undefined;
  readonly logAppendTime?: string | undefined;
}

export type ProduceAnswer =
  | { readonly ok: true; readonly appended: Appended }
  /** `retryable`: it isn't known to stand in the log. Otherwise the topic's settings are wrong. */
  | { readonly ok: false; readonly retryable: boolean; readonly detail: string };

/**
 * An append is acknowledged only by an answer that has exactly one entry, for our topic and
 * partition, with error 0 and a LogAppendTime: kafkajs can resolve with another partition's answer,
 * or with none at all, when a leader has moved
 * (kafka/DEFECTS.md#an-answer-may-be-for-another-partition).
 */
export function checkProduceAnswer(
  answer: readonly ProduceAnswerEntry[],
  topic: string,
  partition: number,
): ProduceAnswer {
  const [entry] = answer;
  if (entry === undefined || answer.length !== 1) {
    return refused(`the answer has ${answer.length} entries instead of one`);
  }
  if (entry.topicName !== topic || entry.partition !== partition) {
    return refused(`the answer is for ${String(entry.topicName)}/${entry.partition}`);
  }
  if (entry.errorCode !== 0) return refused(`the answer has error ${entry.errorCode}`);
  const baseOffset = Number(entry.baseOffset ?? -1);
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0)
    return refused('the answer has no offset');
  const logAppendTimeMs = Number(entry.logAppendTime ?? -1);
  if (!Number.isSafeInteger(logAppendTimeMs) || logAppendTimeMs < 0) {
    return {
      ok: false,
      retryable: false,
      detail: 'the answer has no LogAppendTime: message.timestamp.type must be LogAppendTime',
    };
  }
  return { ok: true, appended: { partition, baseOffset, logAppendTimeMs } };
}

function refused(detail: string): ProduceAnswer {
  return { ok: false, retryable: true, detail };
}
