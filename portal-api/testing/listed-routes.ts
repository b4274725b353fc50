import type { FastifyInstance } from 'fastify';

export interface ListedRoute {
  readonly method: string;
  /** Its pattern, such as `/api/v1/streams/:key`. */
  readonly url: string;
}

/** All routes that the server has, as Fastify itself lists them. */
export function listedRoutes(app: FastifyInstance): readonly ListedRoute[] {
  const above: string[] = [];
  const lines = app.printRoutes({ commonPrefix: false }).split('\n');
  return lines.flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^([│ ]*)[├└]── (\S*) \((.*)\)$/.exec(line) ?? [];
    if (methods === '') return [];
    const depth = indent.length / 4;
    above.splice(depth, above.length, part);
    const url = above.join('').replace(/^\*/, '/*');
    return methods.split(', ').map((method) => ({ method, url }));
  });
}

/** The pattern with a text in place of each of its parameters. */
export function urlOf({ url }: ListedRoute, parameter: string): string {
  return url.replaceAll(/:\w+/g, encodeURIComponent(parameter)).replace('*', '');
}
