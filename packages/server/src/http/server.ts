import { once } from 'node:events';
import http, { type IncomingMessage, type Server } from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TurnedAway, Unrouted } from '../observe/listener.js';
import type { ServiceLog } from '../observe/log.js';
import { throttleLog } from '../observe/throttled-log.js';
import { newRequestId, type Random } from '../signed/random.js';
import { emptyResponse } from '../signed/response.js';
import { type Exchange, watchConnections } from './connections.js';
import { respondToGarbage, writeResponse } from './exchange.js';
import { keepPace, type Pace } from './pace.js';
import type { Rank } from './room.js';
import { createTable, pathOf, type Route, targetOf } from './table.js';

/** The limits for every peer. */
export interface HttpLimits extends Pace {
  /** The most open connections. */
  readonly maxConnections: number;
}

/** A certificate with its chain, and its private key, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface HttpOptions {
  readonly limits: HttpLimits;
  /** Given, the server speaks TLS alone. */
  readonly tls?: TlsIdentity | undefined;
  readonly log: ServiceLog;
  readonly random: Random;
  /** Aborted when the service begins to stop. */
  readonly stopping: AbortSignal;
  /** Called for each connection that is cut off because its peer is too slow. */
  onCut(): void;
  /** Called for each connection that is closed to make room for another. */
  onMadeRoom(which: Rank): void;
  /** Called for input that reached no route; with the request and the status of its response, if it was a request. */
  onTurnedAway(which: TurnedAway, unrouted?: Unrouted): void;
}

const TURNED_AWAY: Readonly<Record<TurnedAway, string>> = {
  broken: 'input that is not a request was refused',
  unknown: 'a request without a route was refused',
  crowded: 'too many requests waited on one connection: it was closed',
  abandoned: 'a connection closed before the turn of its waiting requests',
};

/** A server that does not listen yet. */
export interface HttpServer {
  readonly server: Server;
  /** Accepts no new connection and resolves when the requests in progress have their responses. */
  close(): Promise<void>;
  /** @returns the number of connections of the address with the most */
  mostOfOneHolder(): number;
  /** @returns the number of addresses whose connections are read in portions */
  rationed(): number;
}

/**
 * Milliseconds. A modem of 300 kbit/s transfers 2 MiB in a minute. A proxy in front drops idle connections after 60 s
 * and should do so before the service does. Headers fit into one or two packets.
 */
const SERVER: http.ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  // Node's own response to a request without Host would have no Request-ID; `isHostClear` makes ours.
  requireHostHeader: false,
};

const TLS: https.ServerOptions = {
  // Header names keep their letter case, which HTTP/2 does not have (contract 3.2).
  ALPNProtocols: ['http/1.1'],
  minVersion: 'TLSv1.2',
  handshakeTimeout: 10_000,
  // As a plain server of Node has it: a sender that half-closes still receives its response.
  allowHalfOpen: true,
};

/**
 * Creates the HTTP server: one table of routes on Node's own server. A request without a route gets an empty response.
 */
export function createHttpServer(
  routes: readonly Route[],
  { limits, tls, log, random, stopping, onCut, onMadeRoom, onTurnedAway }: HttpOptions,
): HttpServer {
  const table = createTable(routes);
  const throttled = throttleLog(log);
  const server = tls ? https.createServer({ ...SERVER, ...TLS, ...tls }) : http.createServer(SERVER);
  const connections = watchConnections(server, {
    limit: limits.maxConnections,
    opened: tls ? 'secureConnection' : 'connection',
    stopping,
    take,
    refuse(error, socket) {
      // An error of the parser or a timeout. Other errors are those of the connection.
      if (/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '')) turnAway('broken', socket, { code: error.code });
      respondToGarbage(error, socket, random);
    },
    isProbe(request) {
      const found = table.find(request.method ?? '', pathOf(targetOf(request)));
      return 'handle' in found && found.isProbe === true;
    },
    onMadeRoom({ remoteAddress }, which) {
      throttled.warn('connections', { remoteAddress, which }, 'no connection is free: one was closed');
      onMadeRoom(which);
    },
    onUnbegun: (socket, which) => turnAway(which, socket),
    onRationed({ remoteAddress }) {
      const message = 'an address sent what takes long to parse: its connections are read in portions';
      throttled.info('rationed', { remoteAddress }, message);
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

  function turnAway(which: TurnedAway, socket: Duplex, fields: object = {}, unrouted?: Unrouted): void {
    const remoteAddress = socket instanceof Socket ? socket.remoteAddress : undefined;
    throttled.info(which, { remoteAddress, ...fields }, TURNED_AWAY[which]);
    onTurnedAway(which, unrouted);
  }

  function take(exchange: Exchange): void {
    route(exchange).catch((err) => {
      log.error({ err }, 'request');
      exchange.response.destroy();
    });
  }

  async function route(exchange: Exchange): Promise<void> {
    const { request, response, standing } = exchange;
    const { method = '' } = request;
    if (!isHostClear(request)) {
      standing.isRefused = true;
      turnAway('unknown', request.socket, { status: 400 }, { request, status: 400 });
      await writeResponse(exchange, emptyResponse(400, newRequestId(random)));
      return;
    }
    const found = table.find(method, pathOf(targetOf(request)));
    const isRoute = 'handle' in found;
    if (isRoute && (found.takes?.(request) ?? true)) return found.handle(request, response, standing);
    standing.isRefused = true;
    const isOtherMethod = !isRoute && found.length > 0;
    const status = isOtherMethod ? 405 : 404;
    turnAway('unknown', request.socket, { status }, { request, status });
    // Wrong method: 405. Unknown path: 404. Both with an empty body (contract 5.7).
    const refused = isOtherMethod
      ? emptyResponse(405, newRequestId(random), { Allow: found.join(', ') })
      : emptyResponse(404, newRequestId(random));
    await writeResponse(exchange, refused);
  }

  return {
    server,
    mostOfOneHolder: connections.mostOfOneHolder,
    rationed: connections.rationed,
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

/**
 * Whether there is exactly one Host header, as HTTP/1.1 requires. With two of them it is unclear which one was meant
 * (RFC 9112, 3.2).
 */
function isHostClear({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersion !== '1.1';
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1;
}
