import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Standing } from './connections.js';

/** The handler of a path. */
export interface Route {
  /** The whole path, or a pattern for several paths. It is compared with the path exactly as sent. */
  readonly path: string | RegExp;
  /** Default: any method. */
  readonly methods?: readonly string[];
  /** Whether a request of this path and method is the route's; any other gets the 404 of an unknown path. Default: each one is. */
  readonly takes?: ((request: IncomingMessage) => boolean) | undefined;
  /** Whether requests are health probes, for which there is always room. Default: false. */
  readonly isProbe?: boolean | undefined;
  /**
   * Responds to the request. If it rejects, the connection is closed.
   *
   * @param standing the state of the request; the handler updates it as soon as the sender is authenticated or the
   *   request is refused
   */
  handle(request: IncomingMessage, response: ServerResponse, standing: Standing): Promise<void>;
}

/** The only list of paths and methods. It also decides between 404 and 405. */
export interface Table {
  /** @returns the route, or the methods of the path for an Allow header; none if there is no such path */
  find(method: string, path: string): Route | readonly string[];
}

/**
 * @param routes whole paths are tried before patterns, and patterns in their order
 * @throws Error if two routes have the same whole path and method, since one of them would never be used
 */
export function createTable(routes: readonly Route[]): Table {
  const whole = new Map<string, Route[]>();
  const patterns: [RegExp, Route][] = [];
  for (const route of routes) {
    if (typeof route.path !== 'string') patterns.push([route.path, route]);
    else {
      const others = whole.get(route.path) ?? [];
      if (others.some((other) => overlap(other, route))) throw new Error(`two routes take ${route.path}`);
      whole.set(route.path, [...others, route]);
    }
  }
  return {
    find(method, path) {
      for (const route of whole.get(path) ?? []) if (takes(route, method)) return route;
      const fitting = patterns.filter(([pattern]) => pattern.test(path)).map(([, route]) => route);
      const route = fitting.find((one) => takes(one, method));
      return route ?? [...(whole.get(path) ?? []), ...fitting].flatMap(({ methods = [] }) => methods);
    },
  };
}

function overlap(one: Route, other: Route): boolean {
  return one.methods?.some((method) => takes(other, method)) ?? true;
}

function takes({ methods }: Route, method: string): boolean {
  return methods === undefined || methods.includes(method);
}

/**
 * Path and query, exactly as sent: what a request's signature is over (contract 2.1). A target in absolute form, as clients write it
 * for proxies, is the same as its path and query (contract 4.9; RFC 9112, 3.2.2).
 */
export function targetOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  if (url.startsWith('/')) return url;
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  if (rest === undefined) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** @returns a target without its query */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
