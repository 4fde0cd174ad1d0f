import { type CallServices, handleCall, type SignedRoute } from '../signed/call.js';
import type { RequestHead } from '../signed/trace.js';
import { type SignedExchange, signedRoute } from './signed.js';
import type { Route } from './table.js';

/** @returns a signed request that is no upload, as a route of the table */
export function callRoute(route: SignedRoute, services: CallServices, exchange: SignedExchange): Route {
  const { name, method, path, scheme } = route;
  return signedRoute<RequestHead>(
    {
      name,
      method,
      path,
      headOf: (line) => ({ ...line, scheme }),
      handle: (request, trace) => handleCall(route, request, services, trace),
    },
    exchange,
  );
}
