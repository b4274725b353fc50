import { AppError, messageOf } from '../service/errors.js';

export interface PostOptions {
  /** For an answer: who had none in this time gets none by another attempt. */
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  readonly answerBytesMax: number;
  /** The header of that name: the answer is asked for as somebody. */
  readonly authorization?: string | undefined;
  /** Ends what is under way. */
  readonly stopping?: AbortSignal | undefined;
}

/** Graphite did not answer as it should. */
class Unavailable extends AppError {
  constructor(reason: string, cause?: unknown) {
    const message = `Graphite did not answer as it should: ${reason}`;
    super('graphite_unavailable', message, { retryable: true, cause });
  }
}

export function unavailable(reason: string, cause?: unknown): AppError {
  return new Unavailable(reason, cause);
}

/** Graphite answered with an error: it may be that one of the series asked for can't be read. */
export class GraphiteRefusal extends Unavailable {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** There is more to answer than is taken: asked for less at a time it may be. */
export class AnswerTooLarge extends Unavailable {}

/**
 * The text that graphite-web answers to a form. (In a request's line gunicorn takes 4 094 bytes, so
 * that a few dozen targets would be too long for it.) Makes the request again when its connection
 * is lost. Rejects with a retryable AppError `graphite_unavailable`.
 */
export async function postForm(
  url: string,
  form: URLSearchParams,
  options: PostOptions,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    try {
      return await answerTo(url, form, timeout, options);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const isOver = timeout.aborted || options.stopping?.aborted === true;
      if (attempt < options.attemptsMax && !isOver) continue;
      throw unavailable(
        timeout.aborted ? `no answer in ${options.timeoutMs} ms` : reasonOf(error),
        error,
      );
    }
  }
}

async function answerTo(
  url: string,
  form: URLSearchParams,
  timeout: AbortSignal,
  { stopping, answerBytesMax, authorization }: PostOptions,
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: form,
    signal: stopping === undefined ? timeout : AbortSignal.any([timeout, stopping]),
    headers: {
      accept: 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    // Following one leaves the form behind, and asked for nothing Graphite answers as if it had
    // nothing.
    redirect: 'manual',
  });
  const text = await boundedText(response, answerBytesMax);
  if (!response.ok) throw new GraphiteRefusal(response.status);
  return text;
}

function reasonOf(error: unknown): string {
  // fetch says no more than "fetch failed"; its cause says why.
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

async function boundedText(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The DOM's types don't say that a body can be iterated; Node's can.
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new AnswerTooLarge('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
