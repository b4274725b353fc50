import { Turns } from '../service/turns.js';
import { graphiteLimits, type GraphiteLimits } from './limits.js';
import { AnswerTooLarge, postForm, unavailable } from './post-form.js';
import {
  parseExpandAnswer,
  parseFindAnswer,
  parseColumnsAnswer,
  parseRenderAnswer,
  type Column,
  type Parsed,
  type Series,
} from './render-answer.js';

export interface RenderRequest {
  readonly targets: readonly string[];
  /** The first minute's start. */
  readonly fromMs: number;
  /** The end of the last minute. */
  readonly untilMs: number;
  /** True: series tell their step, for which Graphite has to send minutes without a value, too. */
  readonly withSteps?: boolean;
}

/** Reads series from Graphite. Rejects with a retryable AppError `graphite_unavailable`. */
export type Render = (request: RenderRequest) => Promise<readonly Series[]>;

/**
 * Reads series as columns, in which a step without a point stands as well. Rejects as `Render`.
 */
export type RenderColumns = (
  request: Omit<RenderRequest, 'withSteps'>,
) => Promise<readonly Column[]>;

export interface RenderClient {
  readonly render: Render;
  readonly columns: RenderColumns;
  /** The last parts of the names that a pattern (`v.streams.*`) has. Rejects as `render` does. */
  readonly find: (pattern: string) => Promise<readonly string[]>;
  /** The full names of all series that patterns have. Rejects as `render` does. */
  readonly expand: (patterns: readonly string[]) => Promise<readonly string[]>;
}

export interface RenderClientOptions extends Partial<GraphiteLimits> {
  /** Base of graphite-web. */
  readonly url: string;
  /** The header of that name, where a proxy before it asks for one. */
  readonly authorization?: string;
  /** For an answer, each time that a request is made. */
  readonly timeoutMs: number;
  /** Told of every request, for metrics. */
  readonly onAnswer?: (outcome: 'ok' | 'failed', seconds: number) => void;
  /** Ends what is under way. */
  readonly stopping?: AbortSignal;
}

/** The form of a render request: points of [from, until) that have a value. */
export function renderForm(request: RenderRequest): URLSearchParams {
  // A step can't be seen past minutes that were left out.
  const isWhole = request.withSteps === true;
  return rangeForm(request, { format: 'json', ...(isWhole ? {} : { noNullPoints: 'true' }) });
}

/** The form of a request for columns: graphite-web writes and we read them many times as fast. */
function columnsForm(request: RenderRequest): URLSearchParams {
  return rangeForm(request, { format: 'raw' });
}

function rangeForm(request: RenderRequest, fields: Record<string, string>): URLSearchParams {
  const form = new URLSearchParams(
    request.targets.map((target): [string, string] => ['target', target]),
  );
  // Graphite begins with the first point after `from` and ends with the last one at or before
  // `until`. (A time below 0 is one before now to it.)
  form.set('from', String(Math.max(0, Math.ceil(request.fromMs / 1_000) - 1)));
  form.set('until', String(Math.ceil(request.untilMs / 1_000) - 1));
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  // Corrections of the last minutes must be seen.
  form.set('noCache', 'true');
  return form;
}

/** A client of graphite-web: bounded in time, bytes, series and requests at once. */
export function renderClient(options: RenderClientOptions): RenderClient {
  const limits = { ...graphiteLimits, ...options };
  const base = options.url.replace(/\/+$/, '');
  const turns = new Turns(limits.requestsMax, limits.waitingMax);

  const ask = async <Answer>(
    path: string,
    form: URLSearchParams,
    parse: (text: string) => Parsed<Answer>,
  ): Promise<Answer> => {
    const end = await turns.begin();
    if (end === undefined) throw unavailable('too many requests wait for it');
    const startedAtMs = performance.now();
    const tell = (outcome: 'ok' | 'failed'): void =>
      options.onAnswer?.(outcome, (performance.now() - startedAtMs) / 1_000);
    try {
      const parsed = parse(await postForm(`${base}/${path}`, form, limits));
      if (!parsed.ok) {
        const { reason, isTooLarge = false } = parsed;
        throw isTooLarge ? new AnswerTooLarge(reason) : unavailable(reason);
      }
      tell('ok');
      return parsed.answer;
    } catch (error) {
      tell('failed');
      throw error;
    } finally {
      end();
    }
  };

  return {
    render: (request) => {
      const { seriesMax } = limits;
      const withSteps = request.withSteps === true;
      return ask('render', renderForm(request), (text) =>
        parseRenderAnswer(text, { seriesMax, withSteps }),
      );
    },
    columns: (request) =>
      ask('render', columnsForm(request), (text) => parseColumnsAnswer(text, limits.seriesMax)),
    find: (pattern) =>
      ask('metrics/find', new URLSearchParams({ query: pattern }), parseFindAnswer),
    expand: (patterns) => {
      const queries = patterns.map((pattern): [string, string] => ['query', pattern]);
      const form = new URLSearchParams([...queries, ['leavesOnly', '1']]);
      return ask('metrics/expand', form, parseExpandAnswer);
    },
  };
}
