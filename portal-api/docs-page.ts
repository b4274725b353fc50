import { htmlText } from './html-text.js';

/** What the page shows of an OpenAPI document; its other words are passed over. */
export interface DescribedApi {
  readonly info?: { readonly title: string; readonly version: string };
  readonly paths?: object;
  readonly components?: { readonly responses?: object };
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, Response>>;
  readonly security?: readonly object[];
}

interface Response {
  readonly $ref?: string;
  readonly description?: string;
}

/** A page without scripts: nothing of it needs an exception from the policy of contents. */
export function docsPage({ info, paths = {}, components }: DescribedApi): string {
  const shared = new Map<string, Response>(Object.entries(components?.responses ?? {}));
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) =>
      section(`${method.toUpperCase()} ${path}`, operation, shared),
    ),
  );
  const title = htmlText(`${info?.title ?? ''} ${info?.version ?? ''}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: API</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<main>
<h1>${title}: API</h1>
<p>For programs: <a href="v1/openapi.json">OpenAPI 3.1</a>. Programs show an API token as
<code>Authorization: Bearer TOKEN</code>.</p>
${operations.join('\n')}
</main>
</body>
</html>
`;
}

function section(
  name: string,
  operation: Operation,
  shared: ReadonlyMap<string, Response>,
): string {
  const { summary = '', parameters = [], requestBody, responses = {}, security } = operation;
  const parts = [
    ...(parameters.length === 0 ? [] : [details('Parameters', parameters)]),
    ...(requestBody === undefined ? [] : [details('Body', requestBody)]),
    ...Object.entries(responses).map(([status, response]) => {
      const name = response.$ref?.split('/').at(-1) ?? '';
      const problem = shared.get(name)?.description;
      return problem === undefined
        ? details(status, response)
        : `<p>${htmlText(`${status}: ${problem}`)}</p>`;
    }),
  ];
  const open = security?.length === 0 ? ' Needs no session.' : '';
  return `<section>
<h2><code>${htmlText(name)}</code></h2>
<p>${htmlText(summary)}.${open}</p>
${parts.join('\n')}
</section>`;
}

function details(name: string, described: object): string {
  const text = htmlText(JSON.stringify(described, null, 2));
  return `<details><summary>${htmlText(name)}</summary><pre>${text}</pre></details>`;
}

export const docsStyle = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid; font-size: 0.85rem; }
summary { cursor: pointer; }
`;
