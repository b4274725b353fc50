import { AppError, messageOf } from '../service/errors.js';
import { graphiteLimits } from './limits.js';
import { parseRenderAnswer, type Series } from './render-answer.js';
import { Turns } from './turns.js';

export interface RenderRequest {
  readonly targets: readonly string[];
  /** The first minute's start. */
  readonly fromMs: number;
  /** The end of the last minute. */
  readonly untilMs: number;
}

/** Reads series from Graphite. Rejects with a retryable AppError `graphite_unavailable`. */
export type Render = (request: RenderRequest) => Promise<readonly Series[]>;

export interface RenderClientOptions {
  /** Base of graphite-web. */
  readonly url: string;
  readonly timeoutMs: number;
  /** Told of every request, for metrics. */
  readonly onAnswer?: (outcome: 'ok' | 'failed', seconds: number) => void;
  /** Ends what is under way. */
  readonly stopping?: AbortSignal;
}

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError('graphite_unavailable', `Graphite did not answer as it should: ${reason}`, {
    retryable: true,
    cause,
  });
}

/** The query of a render request: points of [from, until) that have a value. */
export function renderQuery({ targets, fromMs, untilMs }: RenderRequest): string {
  const query = new URLSearchParams(targets.map((target): [string, string] => ['target', target]));
  // Graphite begins with the first point after `from` and ends with the last one at or before `until`.
  // (A time below 0 is one before now to it.)
  query.set('from', String(Math.max(0, Math.ceil(fromMs / 1_000) - 1)));
  query.set('until', String(Math.ceil(untilMs / 1_000) - 1));
  query.set('format', 'json');
  query.set('noNullPoints', 'true');
  // Corrections of the last minutes must be seen.
  query.set('noCache', 'true');
  return query.toString();
}

/** A client of graphite-web's render API: bounded in time, bytes and requests at once. */
export function renderClient(options: RenderClientOptions): Render {
  const endpoint = `${options.url.replace(/\/+$/, '')}/render`;
  const turns = new Turns(graphiteLimits.requestsMax, graphiteLimits.waitingMax);

  const answer = async (request: RenderRequest): Promise<readonly Series[]> => {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signals = [timeout];
    if (options.stopping !== undefined) signals.push(options.stopping);
    let text: string;
    try {
      const response = await fetch(`${endpoint}?${renderQuery(request)}`, {
        signal: AbortSignal.any(signals),
        headers: { accept: 'application/json' },
      });
      text = await boundedText(response);
      if (!response.ok) throw new Error(`status ${response.status}`);
    } catch (error) {
      throw unavailable(
        timeout.aborted ? `no answer in ${options.timeoutMs} ms` : reasonOf(error),
        error,
      );
    }
    const parsed = parseRenderAnswer(text);
    if (!parsed.ok) throw unavailable(parsed.reason);
    return parsed.series;
  };

  return async (request) => {
    const end = await turns.begin();
    if (end === undefined) throw unavailable('too many requests wait for it');
    const startedAtMs = performance.now();
    const tell = (outcome: 'ok' | 'failed'): void =>
      options.onAnswer?.(outcome, (performance.now() - startedAtMs) / 1_000);
    try {
      const series = await answer(request);
      tell('ok');
      return series;
    } catch (error) {
      tell('failed');
      throw error;
    } finally {
      end();
    }
  };
}

function reasonOf(error: unknown): string {
  // fetch says no more than "fetch failed"; its cause says why.
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The DOM's types don't say that a body can be iterated; Node's can.
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > graphiteLimits.answerBytesMax) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
