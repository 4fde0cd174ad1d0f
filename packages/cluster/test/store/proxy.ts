import { connect, createServer, type Socket } from 'node:net';

/** Hands bytes on, until it is told to keep some of the answers to itself, to hang up, or to be away. */
export async function startProxy(to: number) {
  const sockets = new Set<Socket>();
  let limit = Number.POSITIVE_INFINITY;
  let atLimit: 'stall' | 'cut' = 'cut';
  let cuts = 0;
  let isAway = false;
  const server = createServer((client) => {
    if (isAway) return void client.destroy();
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (answer) => {
      limit -= answer.length;
      if (limit > 0) {
        client.write(answer);
        return;
      }
      cuts += 1;
      if (atLimit === 'cut') client.destroy();
      else upstream.pause();
      limit = Number.POSITIVE_INFINITY;
    });
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  return {
    port,
    /** @param bytes of answers that are handed on before */
    cutAfter(bytes: number) {
      limit = bytes;
      atLimit = 'cut';
    },
    /** @param bytes of answers that are handed on before */
    stallAfter(bytes: number) {
      limit = bytes;
      atLimit = 'stall';
    },
    cuts: () => cuts,
    /** Ends every connection, and every new one, until it is back. */
    away() {
      isAway = true;
      for (const socket of sockets) socket.destroy();
    },
    back() {
      isAway = false;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
