import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Role } from './actor.js';
import { answerProblem, problem, RequestProblem } from './problems.js';

type Needed = Role | 'anybody';

interface Route {
  readonly method: string;
  /** Its pattern, such as `/api/v1/streams/:key`. */
  readonly url: string;
  readonly options: RouteOptions;
}

/** All routes of the server: who may call each, and which methods a path has. */
export class RouteTable {
  readonly #routes: Route[] = [];

  /** To be called with each route, by Fastify's `onRoute`. */
  add(options: RouteOptions): void {
    for (const method of [options.method].flat()) {
      this.#routes.push({ method, url: options.url, options });
    }
  }

  /** Throws where a route doesn't say who may call it: nobody is to find it open. */
  requireRoles(): void {
    for (const { method, url, options } of this.#routes) {
      if (options.config?.role === undefined) {
        throw new Error(`the route ${method} ${url} has no config.role`);
      }
    }
  }

  /** Who may call a route of this method and pattern (`{key}` as OpenAPI has it, too). */
  roleOf(method: string, pattern: string): Needed | undefined {
    const url = pattern.replaceAll(/\{([^}]+)\}/g, ':$1');
    const route = this.#routes.find((one) => one.method === method && one.url === url);
    return route?.options.config?.role;
  }

  /**
   * Answers where no route is: 404, or with the methods of the path 405 (RFC 9110 §15.5.6) and, to
   * OPTIONS, 204.
   */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?')[0] ?? '';
    const methods = this.#methodsOf(path);
    if (methods.length === 0) {
      return answerProblem(reply, problem(404, 'not_found', `there is nothing at ${path}`));
    }
    const allow = [...methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    const message = `${path} has ${allow} alone`;
    const body = { code: 'method_not_allowed', message } as const;
    return answerProblem(reply, new RequestProblem(405, body, { allow }));
  }

  #methodsOf(path: string): readonly string[] {
    const methods = this.#routes
      .filter(({ url }) => matches(url, path))
      .map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

/** The page's own wildcard matches nothing: all that isn't there would be one of its files. */
function matches(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === parts.length &&
    wanted.every(
      (want, index) => want === parts[index] || (want.startsWith(':') && parts[index] !== ''),
    )
  );
}
