import type { Socket } from 'node:net';
import { uploadEndpoints } from '@coupon-media/apiv3';
import { type CallServices, handleCall, type SignedRoute } from '../signed/call.js';
import type { RequestHead } from '../signed/trace.js';
import type { UploadHead } from '../upload/enter.js';
import { handleUpload, type UploadServices } from '../upload/pipeline.js';
import { refuseOverload } from './overload.js';
import { type SignedExchange, signedRoute } from './signed.js';
import type { Route } from './table.js';

/**
 * The upload endpoints, one row of the table each (contract 7.1).
 *
 * @param onOverload called for each upload that is refused because too much waits
 */
export function uploadRoutes(
  services: UploadServices,
  exchange: SignedExchange,
  onOverload: (socket: Socket) => void = () => {},
): Route[] {
  const { inFlight, random } = services;
  return uploadEndpoints.map((endpoint) => {
    const { path, scheme } = endpoint;
    const route = signedRoute<UploadHead>(
      {
        name: 'upload',
        method: 'POST',
        path,
        headOf: ({ method, url, header }) => ({ method, url, scheme, endpoint, header }),
        handle: (request, trace) => handleUpload(request, services, trace),
      },
      exchange,
    );
    return refuseOverload(route, { isOverloaded: inFlight.isOverloaded, random, onOverload });
  });
}

/** @returns the route of a signed request that is not an upload */
export function callRoute(route: SignedRoute, services: CallServices, exchange: SignedExchange): Route {
  const { name, method, path, scheme } = route;
  return signedRoute<RequestHead>(
    {
      name,
      method,
      path,
      takes: route.takes,
      headOf: (line) => ({ ...line, scheme }),
      handle: (request, trace) => handleCall(route, request, services, trace),
    },
    exchange,
  );
}
