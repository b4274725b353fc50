import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';

/**
 * The queries of a page of docs/, by the heading that each stands under; a second one of a heading
 * has "(2)".
 */
export function documentedQueries(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(packageRoot(), 'docs', page), 'utf8');
  const queries = new Map<string, string>();
  for (const section of text.split(/^##+ /m).slice(1)) {
    const heading = section.slice(0, section.indexOf('\n'));
    for (const [index, [, sql]] of [...section.matchAll(/```sql\n([\s\S]*?)```/g)].entries()) {
      queries.set(index === 0 ? heading : `${heading} (${index + 1})`, sql ?? '');
    }
  }
  return queries;
}
