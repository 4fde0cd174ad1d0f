import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** The condition of the connection to a server. */
export type Way =
  /** Everything passes. */
  | 'open'
  /** Open connections are reset, and new ones as soon as they are made. */
  | 'cut'
  /** Connections stay open and new ones are accepted, but nothing passes until the condition changes. */
  | 'silent'
  /** The server is too busy: 503 to everything, as S3 words it. */
  | 'busy'
  /**
   * milliseconds: delay in each direction for every piece. bytesPerSecond: rate in each direction of each connection.
   */
  | { readonly milliseconds: number; readonly bytesPerSecond: number }
  /** Connections are reset in the middle, after about this many bytes in both directions. */
  | { readonly resetAfter: number };

/** A proxy to a server that can fail. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were broken since the condition last changed. */
  readonly broken: number;
  /** Changes the condition, also of open connections. */
  set(way: Way): void;
  close(): Promise<void>;
}

/** A connection through the proxy. */
interface Link {
  readonly near: Socket;
  readonly far: Socket;
  moved: number;
}

/**
 * Starts a TCP proxy in front of a server on this machine. It listens on any port of loopback.
 *
 * @param target the port of the server
 */
export async function startProxy(target: number): Promise<TcpProxy> {
  let way: Way = 'open';
  let broken = 0;
  const links = new Set<Link>();
  const waiting = new Set<() => void>();
  const busy = createHttpServer(answerBusy);
  const guests = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    if (way === 'cut') return void near.resetAndDestroy();
    if (way === 'busy') {
      guests.add(near.once('close', () => guests.delete(near)));
      return void busy.emit('connection', near);
    }
    join(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function join(near: Socket): void {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const link: Link = { near, far, moved: 0 };
    links.add(link);
    for (const socket of [near, far]) {
      // However one side ends, the other side ends in the same way.
      socket.on('error', () => breakLink(link));
      socket.on('close', () => links.delete(link));
    }
    carry(near, far, link);
    carry(far, near, link);
  }

  function carry(from: Socket, to: Socket, link: Link): void {
    const pace = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        link.moved += chunk.length;
        passage(chunk, link).then(
          (whole) => (whole ? done(null, chunk) : breakLink(link)),
          () => breakLink(link),
        );
      },
    });
    pace.on('error', () => {});
    from.pipe(pace).pipe(to);
  }

  /** Resolves when a piece may pass, or with false if the connection must break instead. */
  async function passage(chunk: Buffer, link: Link): Promise<boolean> {
    while (way === 'silent') await new Promise<void>((resolve) => waiting.add(resolve));
    if (typeof way === 'string') return way === 'open';
    if ('resetAfter' in way) return link.moved < way.resetAfter;
    const { milliseconds, bytesPerSecond } = way;
    await new Promise((resolve) =>
      setTimeout(resolve, milliseconds + (chunk.length / bytesPerSecond) * 1000),
    );
    return true;
  }

  function breakLink({ near, far }: Link): void {
    broken += 1;
    near.resetAndDestroy();
    far.resetAndDestroy();
  }

  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    get broken() {
      return broken;
    },
    set(next) {
      way = next;
      broken = 0;
      const breaks = next === 'cut' || next === 'busy';
      for (const link of links) {
        link.moved = 0;
        if (breaks) breakLink(link);
      }
      if (next !== 'busy') for (const guest of guests) guest.resetAndDestroy();
      for (const go of [...waiting]) {
        waiting.delete(go);
        go();
      }
    },
    async close() {
      proxy.set('cut');
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

const TOO_BUSY =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/** The response is sent after the body, because a client that is cut off while sending would see a reset. */
const answerBusy: RequestListener = (request, response) => {
  request.resume().once('end', () => {
    response.writeHead(503, { 'Content-Type': 'application/xml', 'Content-Length': TOO_BUSY.length });
    response.end(TOO_BUSY);
  });
};
