import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HOSTS } from './names.js';

export interface ConnectProxyOptions {
  /** Takes a connection to one of the hosts, on which TLS begins. */
  join(socket: Socket): void;
  /** Called with what a refused client asked for. */
  onRefused(target: string): void;
}

/** A target is compared as it was sent: another spelling of a host is another host. */
const JOINED: ReadonlySet<string> = new Set(HOSTS.map((host) => `${host}:443`));

/** Milliseconds and bytes. A request for a tunnel is one packet, and its sender is on this machine. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 500,
  maxHeaderSize: 8 * 1024,
} as const;

/** Milliseconds after which a refused connection is closed, if its client does not close it. */
const LINGER = 1_000;

/** Open connections, tunnels among them. */
const MOST_CONNECTIONS = 512;

/** Bytes of a refused body that are read, so that its sender reads the refusal (contract 5.10). */
const MOST_REFUSED = 8 * 1024 * 1024;

/**
 * Creates an HTTP proxy that knows CONNECT alone, and leads to the sandbox's hosts alone. It connects to no other address whatever it is asked.
 *
 * @returns a server that does not listen yet
 */
export function createConnectProxy({ join, onRefused }: ConnectProxyOptions): Server {
  const server = createServer({ ...LIMITS, requireHostHeader: false }, refuse);
  server.maxConnections = MOST_CONNECTIONS;
  server.on('checkContinue', refuse);
  server.on('checkExpectation', refuse);
  server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket, early: Buffer) => {
    socket.on('error', () => socket.destroy());
    // Who sends before the tunnel stands does not know whether anybody receives it.
    if (!JOINED.has(url) || early.length > 0) {
      onRefused(url);
      socket.end(REFUSAL);
      socket.resume();
      setTimeout(() => socket.destroy(), LINGER).unref();
      return;
    }
    socket.setNoDelay(true);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    join(socket);
  });

  /** A request for a URL, as clients send it for `http:`, or to the proxy itself. */
  function refuse(request: IncomingMessage, response: ServerResponse): void {
    onRefused(request.url ?? '');
    let read = 0;
    request.on('data', (bytes: Buffer) => {
      read += bytes.length;
      if (read > MOST_REFUSED) request.destroy();
    });
    request.on('end', () => response.writeHead(403, HEADERS).end(BODY));
  }

  return server;
}

const BODY = `${[
  `This is the proxy of a coupon-media sandbox. It leads to ${HOSTS.join(', ')} at port 443 and nowhere else: these are the sandbox itself.`,
  'Name every other host in NO_PROXY (Java: -Dhttp.nonProxyHosts), so that your program reaches it directly.',
  `这是 coupon-media 沙箱的代理，只通向 ${HOSTS.join('、')} 的 443 端口，即沙箱本身。`,
  '请把其他主机写入 NO_PROXY（Java：-Dhttp.nonProxyHosts），让程序直接连接。',
].join('\n')}\n`;

const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(BODY)),
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  Connection: 'close',
};

const REFUSAL = [
  'HTTP/1.1 403 Forbidden',
  ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`),
  '',
  BODY,
].join('\r\n');
