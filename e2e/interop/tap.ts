import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A proxy between a client and the service that records what the client sent. */
export interface Tap {
  url: string;
  /** The bytes of the latest POST. */
  lastUpload(): Buffer;
  close(): Promise<void>;
}

/** @param alter changes the bytes of a response */
export async function openTap(target: string, alter = (answer: Buffer) => answer): Promise<Tap> {
  const { hostname, port } = new URL(target);
  const uploads: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((client) => {
    let uploading = false;
    const service = net.connect(Number(port), hostname);
    for (const socket of [client, service]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // A reset connection does not affect the recorded bytes.
      socket.on('error', () => {});
    }
    client.on('data', (bytes) => {
      const [method] = /^[A-Z]+(?= \/\S* HTTP\/1\.1\r\n)/.exec(bytes.toString('latin1')) ?? [];
      if (method !== undefined) uploading = method === 'POST';
      if (method === 'POST') uploads.push([]);
      if (uploading) uploads.at(-1)?.push(bytes);
    });
    client.pipe(service);
    service.on('data', (bytes) => client.write(alter(bytes)));
    service.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastUpload: () => Buffer.concat(uploads.at(-1) ?? []),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
