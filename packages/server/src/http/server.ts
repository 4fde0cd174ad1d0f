import { once } from 'node:events';
import http, { type IncomingMessage, type Server } from 'node:http';
import type { Logger } from 'pino';
import { throttleLog } from '../observe/throttled-log.js';
import { newRequestId, type Random } from '../signed/random.js';
import { emptyResponse } from '../signed/response.js';
import { type Exchange, type Rank, watchConnections } from './connections.js';
import { respondToGarbage, writeResponse } from './exchange.js';
import { keepPace, type Pace } from './pace.js';
import { createTable, pathOf, type Route, targetOf } from './table.js';

/** What any peer may take of the service. */
export interface HttpLimits extends Pace {
  /** Connections that may be open at a time. */
  readonly maxConnections: number;
}

export interface HttpOptions {
  readonly limits: HttpLimits;
  readonly log: Logger;
  readonly random: Random;
  /** Aborted when the service begins to stop. */
  readonly stopping: AbortSignal;
  /** Called for each connection that is cut off because its peer is too slow. */
  onCut(): void;
  /** Called for each connection that is closed for another's sake. */
  onMadeRoom(which: Rank): void;
}

/** A server that does not listen yet. */
export interface HttpServer {
  readonly server: Server;
  /** Takes no new connection, and ends when the requests under way are answered. */
  close(): Promise<void>;
}

/**
 * Milliseconds. A phone line of 300 kbit/s carries 2 MiB in a minute, and a proxy in front drops idle connections after
 * 60 s: it is to be the one who does. Headers fit into a packet or two.
 */
const SERVER: http.ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  // Node's own answer to a request without Host would carry no Request-ID; ours stands below.
  requireHostHeader: false,
};

/** The service's HTTP face: one table of routes on Node's own server. What no route answers is answered empty. */
export function createHttpServer(
  routes: readonly Route[],
  { limits, log, random, stopping, onCut, onMadeRoom }: HttpOptions,
): HttpServer {
  const table = createTable(routes);
  const throttled = throttleLog(log);
  const server = http.createServer(SERVER);
  const connections = watchConnections(server, {
    limit: limits.maxConnections,
    stopping,
    take,
    refuse: (error, socket) => respondToGarbage(error, socket, random),
    isProbe(request) {
      const found = table.find(request.method ?? '', pathOf(targetOf(request)));
      return 'handle' in found && found.isProbe === true;
    },
    onMadeRoom({ remoteAddress }, which) {
      throttled.warn('connections', { remoteAddress, which }, 'no connection is free: one was closed');
      onMadeRoom(which);
    },
  });
  const stopMeasuring = keepPace(connections, {
    ...limits,
    random,
    onCut({ remoteAddress }) {
      throttled.info('pace', { remoteAddress }, 'too slow: cut off');
      onCut();
    },
  });

  function take(exchange: Exchange): void {
    route(exchange).catch((err) => {
      log.error({ err }, 'request');
      exchange.response.destroy();
    });
  }

  async function route({ request, response, standing }: Exchange): Promise<void> {
    const { method = '' } = request;
    if (!isHostClear(request)) {
      standing.isRefused = true;
      await writeResponse(request, response, emptyResponse(400, newRequestId(random)));
      return;
    }
    const found = table.find(method, pathOf(targetOf(request)));
    if ('handle' in found) return found.handle(request, response, standing);
    standing.isRefused = true;
    // Wrong method: 405. Unknown path: 404. Both with an empty body (contract 5.7).
    const refused =
      found.length > 0
        ? emptyResponse(405, newRequestId(random), { Allow: found.join(', ') })
        : emptyResponse(404, newRequestId(random));
    await writeResponse(request, response, refused);
  }

  return {
    server,
    async close() {
      connections.closeUnused();
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        await closed;
      }
      stopMeasuring();
    },
  };
}

/** One, where HTTP/1.1 asks for it; of two nobody knows which was meant (RFC 9112, 3.2). */
function isHostClear({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersion !== '1.1';
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1;
}
