import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A node that counts what comes to it. It ends with the test. */
export interface CountingNode {
  readonly port: number;
  /** Connections and whole requests since the last reset. */
  readonly connections: number;
  readonly requests: number;
  /** Whether it closes in place of a response, when it has a request whole. */
  closes: boolean;
  reset(): void;
  stop(): Promise<void>;
}

export async function startCountingNode(): Promise<CountingNode> {
  const server = createServer((request, response) => {
    used.add(request.socket);
    request.on('error', () => {});
    request.resume().on('end', () => {
      requests += 1;
      if (node.closes) request.socket.destroy();
      else response.end('taken');
    });
  });
  /** Connections that had a request. */
  const used = new Set<unknown>();
  let requests = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const node: CountingNode = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return used.size;
    },
    get requests() {
      return requests;
    },
    closes: false,
    reset() {
      requests = 0;
      used.clear();
    },
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  onTestFinished(node.stop);
  return node;
}
