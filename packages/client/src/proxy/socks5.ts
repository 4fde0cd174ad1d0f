import type { Socket } from 'node:net';
import type { Text } from '@coupon-media/apiv3';
import { ProxyFailure } from './failure.js';
import type { ProxyRoute } from './route.js';

/**
 * Asks a SOCKS5 proxy (RFC 1928, 1929) for a connection. Names are sent to it as they are, so that the proxy resolves them.
 *
 * undici's own agent for SOCKS is experimental, and prints a warning in every process that uses it.
 *
 * @throws ProxyFailure
 */
export async function throughSocks5(
  socket: Socket,
  route: ProxyRoute,
  host: string,
  port: number,
): Promise<void> {
  const { username, password } = route.url;
  const read = reader(socket, route);
  const fail = (reason: Text): never => {
    throw new ProxyFailure(route, { reason });
  };
  const hasPassword = username !== '';
  socket.write(
    Uint8Array.of(VERSION, hasPassword ? 2 : 1, NO_AUTHENTICATION, ...(hasPassword ? [PASSWORD] : [])),
  );
  const [version, method] = await read(2);
  if (version !== VERSION) fail(NO_SOCKS);
  if (method === PASSWORD && hasPassword) {
    const [user, secret] = [username, password].map((text) =>
      Buffer.from(decodeURIComponent(text)).subarray(0, 255),
    );
    socket.write(Buffer.concat([Uint8Array.of(1), lengthFirst(user), lengthFirst(secret)]));
    const [, status] = await read(2);
    if (status !== 0) fail(REFUSES_PASSWORD);
  } else if (method !== NO_AUTHENTICATION) {
    fail(hasPassword ? REFUSES_PASSWORD : WANTS_PASSWORD);
  }
  const name = Buffer.from(host.replace(/^\[|\]$/g, ''));
  socket.write(
    Buffer.concat([
      Uint8Array.of(VERSION, CONNECT, 0, DOMAIN),
      lengthFirst(name),
      Uint8Array.of(port >> 8, port & 255),
    ]),
  );
  const [, reply = 1, , kind] = await read(4);
  if (reply !== 0) fail(REPLIES[reply] ?? REPLIES[1] ?? NO_SOCKS);
  // The address that the proxy uses is of no interest.
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
  await read(length + 2);
}

const VERSION = 5;
const CONNECT = 1;
const DOMAIN = 3;
const NO_AUTHENTICATION = 0;
const PASSWORD = 2;

function lengthFirst(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

/** Reads exactly as many bytes as asked for, so that nothing of what follows the handshake is taken. */
function reader(socket: Socket, route: ProxyRoute): (length: number) => Promise<Buffer> {
  return async (length) => {
    for (;;) {
      const bytes: unknown = length === 0 ? Buffer.alloc(0) : socket.read(length);
      if (Buffer.isBuffer(bytes)) {
        if (bytes.length === length) return bytes;
        throw new ProxyFailure(route, { reason: NO_SOCKS });
      }
      await readable(socket, route);
    }
  };
}

function readable(socket: Socket, route: ProxyRoute): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => {
      for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
      if (error) reject(error);
      else resolve();
    };
    const listeners = {
      readable: () => done(),
      end: () => done(new ProxyFailure(route, { reason: NO_SOCKS })),
      error: (cause: Error) => done(new ProxyFailure(route, {}, cause)),
      close: () => done(new ProxyFailure(route, { reason: NO_SOCKS })),
    };
    for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
  });
}

const NO_SOCKS: Text = { 'zh-CN': '没有像 SOCKS5 代理那样应答', en: 'does not respond like a SOCKS5 proxy' };
const WANTS_PASSWORD: Text = {
  'zh-CN': '要求认证：请写成 socks5://用户名:密码@主机:端口',
  en: 'asks for a user and a password: write socks5://user:password@host:port',
};
const REFUSES_PASSWORD: Text = {
  'zh-CN': '不接受所给的用户名和密码',
  en: 'does not accept the user and the password that it was given',
};

/** By the codes of RFC 1928, 6. */
const REPLIES: Readonly<Record<number, Text>> = {
  1: { 'zh-CN': '无法建立连接', en: 'could not make the connection' },
  2: { 'zh-CN': '不允许连接这个域名', en: 'does not allow this host' },
  3: { 'zh-CN': '的网络不可达', en: 'has no route to the network' },
  4: {
    'zh-CN': '连不上目标域名：检查代理自身的网络和 DNS',
    en: 'could not reach the host itself: check its network and DNS',
  },
  5: { 'zh-CN': '连接目标时被拒绝', en: 'was refused by the host' },
};
