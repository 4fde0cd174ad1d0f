import { connect, createServer, type Socket } from 'node:net';

/** A proxy that forwards bytes until it is told to withhold some responses, to hang, or to be unreachable. */
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
    upstream.on('data', (response) => {
      limit -= response.length;
      if (limit > 0) {
        client.write(response);
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
    /** @param bytes the bytes of responses that are forwarded first */
    cutAfter(bytes: number) {
      limit = bytes;
      atLimit = 'cut';
    },
    /** @param bytes the bytes of responses that are forwarded first */
    stallAfter(bytes: number) {
      limit = bytes;
      atLimit = 'stall';
    },
    cuts: () => cuts,
    /** Closes every connection, including new ones, until it is started again. */
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
