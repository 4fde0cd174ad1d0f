import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The port for Prometheus, separate from the public port. */
export interface MetricsListener {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** The most scrapers at a time. Only the operator's own programs reach this port. */
const CONNECTIONS = 32;

/**
 * Listens for `GET /metrics` and `GET /healthz`.
 *
 * @param read returns the metrics as text
 * @throws the error of the operating system for host and port
 */
export async function listenForMetrics(
  { host, port }: { host: string; port: number },
  contentType: string,
  read: () => Promise<string>,
): Promise<MetricsListener> {
  let reading: Promise<string> | undefined;

  /** Requests that arrive during a read share its result. */
  function readOnce(): Promise<string> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function respond({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = url.split('?');
    if (path !== '/metrics' && path !== '/healthz') return end(404);
    if (method !== 'GET' && method !== 'HEAD') return end(405, '', { Allow: 'GET, HEAD' });
    if (path === '/healthz') return end(200, 'ok\n', { 'Content-Type': 'text/plain' });
    try {
      end(200, await readOnce(), { 'Content-Type': contentType });
    } catch {
      end(500);
    }

    function end(status: number, body = '', headers: Record<string, string> = {}): void {
      response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers }).end(body);
    }
  }

  const server = createServer((request, response) => void respond(request, response));
  server.maxConnections = CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    address: { host, port: (server.address() as AddressInfo).port },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
