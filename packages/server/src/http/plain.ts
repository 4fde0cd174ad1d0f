import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ServiceLog } from '../observe/log.js';
import { newRequestId, type Random } from '../signed/random.js';
import type { Response } from '../signed/response.js';
import { sendResponse } from './exchange.js';
import type { Route } from './table.js';

/** A route whose responses are not signed: images, health, documents. */
export interface PlainRoute {
  readonly path: Route['path'];
  readonly isProbe?: Route['isProbe'];
  /** @param requestId the complete value of the `request-id` header */
  respond(request: IncomingMessage, requestId: string): PlainResponse | Promise<PlainResponse>;
  /** Called with the status of each response, written completely or not. */
  onEnd?: ((status: number) => void) | undefined;
}

export type PlainResponse = Response<string | Buffer | Readable>;

/** @returns a route for GET and HEAD. If it fails before the first byte, the response is an empty 500 */
export function plainRoute(
  { path, isProbe, respond, onEnd }: PlainRoute,
  { log, random }: { log: ServiceLog; random: Random },
): Route {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `${newRequestId(random)}-0`;
    try {
      await sendResponse(response, await respond(request, requestId));
    } catch (err) {
      log.error({ err }, 'request');
      // A partial response cannot be undone. The end of the connection shows that it is incomplete.
      if (response.headersSent) response.destroy();
      else await sendResponse(response, emptyPlain(500, requestId));
    }
    onEnd?.(response.statusCode);
  }
  return { path, isProbe, methods: ['GET', 'HEAD'], handle };
}

/** @returns a response without a body */
export function emptyPlain(
  status: number,
  requestId: string,
  headers: Record<string, string> = {},
): PlainResponse {
  return { status, headers: { ...headers, 'request-id': requestId, 'content-length': '0' }, body: '' };
}
