import { isDeepStrictEqual } from 'node:util';
import { emptyStream, type StreamSettings } from '../registry/index.js';
import type { Actor } from './actor.js';
import { portalLimits } from './limits.js';
import { problemOf, type RequestProblem } from './problems.js';
import { changedSettings } from './routes/stream-shapes.js';
import type { ImportedStream, ImportResult } from './routes/transfer-shapes.js';
import type { StreamCatalog } from './stream-catalog.js';
import type { StreamChanges, WantedStream } from './stream-changes.js';

/** What is to be done for one stream of an import, or came of it without doing anything. */
type Plan =
  | { readonly kind: 'write'; readonly key: string; readonly wanted: WantedStream }
  | { readonly kind: 'done'; readonly result: ImportResult };

/** What would come of an import. */
export function dryRun(
  changes: StreamChanges,
  actor: Actor,
  plans: readonly Plan[],
): ImportResult[] {
  const wanted = plans.flatMap((plan) => (plan.kind === 'write' ? [plan.wanted] : []));
  const refusals = changes.refusals(actor, wanted);
  let next = 0;
  return plans.map((plan) => {
    if (plan.kind === 'done') return plan.result;
    const refusal = refusals[next];
    next += 1;
    return refusal === undefined ? written(plan.key, plan.wanted) : refused(plan.key, refusal);
  });
}

/**
 * Writes the streams, some at a time, and tells what came of each. Once the registry doesn't
 * answer, the others aren't tried.
 */
export async function runImport(
  changes: StreamChanges,
  actor: Actor,
  plans: readonly Plan[],
): Promise<ImportResult[]> {
  const results: ImportResult[] = [];
  let isAnswered = true;
  const run = async (plan: Plan): Promise<ImportResult> => {
    if (plan.kind === 'done') return plan.result;
    const { key, wanted } = plan;
    if (!isAnswered) {
      return { key, outcome: 'not_tried', detail: 'the registry did not answer before' };
    }
    try {
      const changed = await changes.put(actor, wanted);
      return changed.ok ? written(key, wanted) : refused(key, changed.problem);
    } catch (error) {
      const known = problemOf(error, actor);
      if (known === undefined) throw error;
      isAnswered = false;
      return refused(key, known);
    }
  };
  for (let from = 0; from < plans.length; from += portalLimits.importWritesMax) {
    const some = plans.slice(from, from + portalLimits.importWritesMax);
    results.push(...(await Promise.all(some.map(run))));
  }
  return results;
}

/** What an import wants of each stream, as the catalog is now. */
export function importPlans(catalog: StreamCatalog, streams: readonly ImportedStream[]): Plan[] {
  const keys = new Set<string>();
  return streams.map((imported) => {
    const { key, ...change } = imported;
    const done = (outcome: string, detail: string): Plan => ({
      kind: 'done',
      result: { key, outcome, detail },
    });
    if (keys.has(key)) return done('invalid', 'key: stands there twice');
    keys.add(key);
    const before = catalog.stream(key);
    const changed = changedSettings(before ?? { ...emptyStream(key), title: key }, change);
    if (!changed.ok) return done('invalid', changed.message);
    if (before === undefined) return { kind: 'write', key, wanted: { after: changed.settings } };
    const after = withSealedSecrets(catalog, before, changed.settings);
    const present = changedSettings(before, {});
    return present.ok && isDeepStrictEqual(after, present.settings)
      ? done('unchanged', '')
      : { kind: 'write', key, wanted: { before, after } };
  });
}

/** Secrets that are known already, as the registry has them. */
function withSealedSecrets(
  catalog: StreamCatalog,
  before: StreamSettings,
  after: StreamSettings,
): StreamSettings {
  const tokenKeys = after.tokenKeys.map(({ kid, secret }) => {
    const present = before.tokenKeys.find((one) => one.kid === kid);
    const isKnown = present !== undefined && catalog.secretOf(before.key, present) === secret;
    return { kid, secret: isKnown ? present.secret : secret };
  });
  return { ...after, tokenKeys };
}

function written(key: string, { before }: WantedStream): ImportResult {
  return { key, outcome: before === undefined ? 'created' : 'changed', detail: '' };
}

function refused(key: string, { problem }: RequestProblem): ImportResult {
  return { key, outcome: problem.code, detail: problem.message };
}
