import {
  groupsOf,
  streamError,
  type RegisteredStream,
  type StreamSettings,
  type WriteOutcome,
} from '../registry/index.js';
import type { Actor } from './actor.js';
import { problem, type RequestProblem } from './problems.js';
import type { StreamCatalog } from './stream-catalog.js';
import { StreamQuotas, type Addition, type StreamQuotasMax } from './stream-quotas.js';

/** What a stream is, if there is one, and shall be. */
export interface WantedStream {
  readonly before?: RegisteredStream | undefined;
  readonly after: StreamSettings;
}

export type ChangedStream =
  | { readonly ok: true; readonly stream: RegisteredStream }
  | { readonly ok: false; readonly problem: RequestProblem };

/** What actors change of streams: within their groups, below the quotas, at the revision seen. */
export class StreamChanges {
  readonly #quotas: StreamQuotas;

  constructor(
    private readonly catalog: StreamCatalog,
    max: StreamQuotasMax,
  ) {
    this.#quotas = new StreamQuotas(catalog.counts, max);
  }

  /**
   * What would come of writing these streams, one after the other: why each would be refused, or
   * undefined.
   */
  refusals(actor: Actor, wanted: readonly WantedStream[]): (RequestProblem | undefined)[] {
    const releases: (() => void)[] = [];
    const refusals = wanted.map(({ before, after }) => {
      const refused = this.#refusal(actor, before, after);
      if (refused === undefined) releases.push(this.#quotas.reserve(additionOf(before, after)));
      return refused;
    });
    for (const release of releases) release();
    return refusals;
  }

  /**
   * Writes a stream: a new one where there was none before, by the command of this id if one is
   * given. Rejects as the catalog's `putStream` does.
   */
  async put(
    actor: Actor,
    { before, after }: WantedStream,
    commandId?: string,
  ): Promise<ChangedStream> {
    const refused = this.#refusal(actor, before, after);
    if (refused !== undefined) return { ok: false, problem: refused };
    const release = this.#quotas.reserve(additionOf(before, after));
    try {
      const revision = before?.revision ?? 0;
      const outcome = await this.catalog.putStream(after, revision, actor.name, commandId);
      return outcome.ok ? outcome : { ok: false, problem: problemOfOutcome(outcome) };
    } finally {
      release();
    }
  }

  #refusal(
    actor: Actor,
    before: StreamSettings | undefined,
    after: StreamSettings,
  ): RequestProblem | undefined {
    // First, so that what can't be written takes nobody's place.
    const broken = streamError(after);
    if (broken !== undefined) return invalidStream(broken);
    const foreign = foreignGroupsError(actor, before, after);
    if (foreign !== undefined) return problem(403, 'forbidden', foreign, 'options.groups');
    const tooMany = this.#quotas.error(additionOf(before, after));
    return tooMany === undefined ? undefined : problem(409, 'quota', tooMany, fieldIn(tooMany));
  }
}

function additionOf(before: StreamSettings | undefined, after: StreamSettings): Addition {
  const present = groupsOf(before?.options ?? {});
  return {
    isNewStream: before === undefined,
    groups: groupsOf(after.options).filter((group) => !present.includes(group)),
  };
}

/** Who sees some groups alone changes those alone, and keeps seeing what was changed. */
function foreignGroupsError(
  { groups: own }: Actor,
  before: StreamSettings | undefined,
  after: StreamSettings,
): string | undefined {
  if (own === 'all') return undefined;
  const present = groupsOf(before?.options ?? {});
  const wanted = groupsOf(after.options);
  const changed = [...present, ...wanted].filter(
    (group) => present.includes(group) !== wanted.includes(group),
  );
  const foreign = changed.find((group) => !own.includes(group));
  if (foreign !== undefined) return `options.groups: ${foreign} is not one of your groups`;
  return wanted.some((group) => own.includes(group))
    ? undefined
    : `options.groups: one of your groups at least: ${own.join(', ')}`;
}

/** What the API answers where the registry refuses a change. */
export function problemOfOutcome({
  reason,
  detail,
}: Extract<WriteOutcome, { ok: false }>): RequestProblem {
  switch (reason) {
    case 'invalid':
      return invalidStream(detail);
    case 'exists':
      return problem(409, 'exists', detail, 'key');
    case 'conflict':
      return problem(412, 'conflict', detail);
    case 'not_found':
      return problem(404, 'not_found', detail, 'key');
  }
}

function invalidStream(detail: string): RequestProblem {
  return problem(400, 'invalid', detail, fieldIn(detail));
}

/** The field that a text begins with: `options.groups: …`. */
function fieldIn(detail: string): string | undefined {
  return /^[^:\s]+(?=:)/.exec(detail)?.[0];
}
