import { createServer, request as requestHttp } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a proxy was asked for. */
export interface Asked {
  method: string;
  /** Host and port of a tunnel, or the whole URL of a forwarded request. */
  to: string;
  authorization: string | undefined;
}

export interface TestProxy {
  asked: Asked[];
  address: string;
}

/**
 * A real HTTP proxy that connects every name to one port, by tunnel and by forwarding.
 *
 * @param refusal its response to every request instead: a status, and headers
 */
export async function startProxy(
  target: string,
  refusal?: readonly [status: number, headers: string],
): Promise<TestProxy> {
  const asked: Asked[] = [];
  const { port } = new URL(target);
  const server = createServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    asked.push({ method, to: url, authorization: headers['proxy-authorization'] });
    if (refusal) {
      const [name = 'x', value = ''] = refusal[1].split(': ');
      incoming
        .resume()
        .once('end', () => response.writeHead(refusal[0], { [name]: value }).end('<html>no</html>'));
      return;
    }
    const { pathname, search } = new URL(url);
    const { 'proxy-authorization': _, ...onward } = headers;
    const passed = requestHttp(
      { host: '127.0.0.1', port, method, path: pathname + search, headers: onward },
      (came) => {
        response.writeHead(came.statusCode ?? 500, came.rawHeaders);
        came.pipe(response);
      },
    );
    incoming.pipe(passed);
  });
  server.on('connect', (incoming, socket) => {
    const { url = '', headers } = incoming;
    asked.push({ method: 'CONNECT', to: url, authorization: headers['proxy-authorization'] });
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal[0]} No\r\n${refusal[1]}\r\n\r\n`);
      return;
    }
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A SOCKS5 proxy (RFC 1928) that connects every name to one port. @param password what it asks for: `user:password` */
export async function startSocks(
  target: string,
  { password, reply = 0 }: { password?: string; reply?: number } = {},
) {
  const asked: string[] = [];
  const server = createTcpServer((socket) => void serveSocks(socket).catch(() => socket.destroy()));
  async function serveSocks(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    const [, count = 0] = await take(socket, 2);
    const methods = await take(socket, count);
    if (password !== undefined && !methods.includes(2)) return void socket.end(Uint8Array.of(5, 255));
    socket.write(Uint8Array.of(5, password === undefined ? 0 : 2));
    if (password !== undefined) {
      const [, length = 0] = await take(socket, 2);
      const user = await take(socket, length);
      const secret = await take(socket, (await take(socket, 1))[0] ?? 0);
      const isRight = `${user}:${secret}` === password;
      socket.write(Uint8Array.of(1, isRight ? 0 : 1));
      if (!isRight) return;
    }
    const [, , , , length = 0] = await take(socket, 5);
    const name = await take(socket, length);
    asked.push(`${name}:${(await take(socket, 2)).readUInt16BE()}`);
    socket.write(Uint8Array.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
    if (reply !== 0) return void socket.end();
    const onward = connect(Number(new URL(target).port), '127.0.0.1', () => onward.pipe(socket).pipe(onward));
    onward.on('error', () => {});
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function take(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: unknown = length === 0 ? Buffer.alloc(0) : socket.read(length);
    if (Buffer.isBuffer(bytes)) return bytes;
    await new Promise((resolve) => socket.once('readable', resolve));
  }
}
