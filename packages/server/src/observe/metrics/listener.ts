import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A door for Prometheus alone, beside the public one. */
export interface MetricsListener {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** Scrapers at a time: whoever reaches this port is the operator's, and there are a few of them. */
const CONNECTIONS = 32;

/**
 * Listens for `GET /metrics` and `GET /healthz`.
 *
 * @param read the metrics as text
 * @throws what the operating system says of host and port
 */
export async function listenForMetrics(
  { host, port }: { host: string; port: number },
  contentType: string,
  read: () => Promise<string>,
): Promise<MetricsListener> {
  let reading: Promise<string> | undefined;

  /** Who asks while another is being answered is given the same. */
  function readOnce(): Promise<string> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
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

  const server = createServer((request, response) => void answer(request, response));
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
