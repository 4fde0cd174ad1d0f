import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Language, responseLanguage } from '@coupon-media/apiv3';
import { newRequestId, type Random } from '../signed/random.js';
import { type Response, refusalResponse } from '../signed/response.js';
import { serviceBusy } from '../upload/enter.js';
import { writeResponse } from './exchange.js';
import type { Route } from './table.js';

interface OverloadOptions {
  readonly isOverloaded: () => boolean;
  readonly random: Pick<Random, 'id'>;
  /** Called for each request that is refused. */
  onOverload(socket: Socket): void;
}

/**
 * Refuses requests of a route while too much waits, before anybody is identified: an unsigned 429 with Retry-After (contract 5.12). What is
 * refused costs a service that has no time to spare as little as possible, so that nothing of it is traced or looked at, and the response
 * stands ready. It is sent when the body has run out, and the connection stays (contract 5.10).
 */
export function refuseOverload(route: Route, { isOverloaded, random, onOverload }: OverloadOptions): Route {
  const ready = new Map<Language, Promise<Refused>>();

  async function refused(request: IncomingMessage): Promise<Response> {
    const language = responseLanguage(request.headers['accept-language']);
    const known = ready.get(language) ?? makeRefused(language, random);
    ready.set(language, known);
    const { response, number } = await known;
    const requestId = `${newRequestId(random)}-${number}`;
    return { ...response, headers: { ...response.headers, 'Request-ID': requestId } };
  }

  return {
    ...route,
    async handle(request, response, standing) {
      if (!isOverloaded()) return route.handle(request, response, standing);
      standing.isRefused = true;
      onOverload(request.socket);
      await writeResponse({ request, response, standing }, await refused(request));
    },
  };
}

interface Refused {
  readonly response: Response;
  /** The internal error code, for each `Request-ID`. */
  readonly number: number;
}

async function makeRefused(language: Language, random: Pick<Random, 'id'>): Promise<Refused> {
  const refusal = serviceBusy();
  const response = await refusalResponse(refusal, { requestId: '', language, now: 0, random });
  return { response, number: refusal.row.number };
}
