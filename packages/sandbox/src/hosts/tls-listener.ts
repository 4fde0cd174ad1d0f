import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';

/** A connection on which TLS is agreed upon. */
export interface Agreed {
  readonly tls: TLSSocket;
  /** The same connection as it came. */
  readonly raw: Socket | undefined;
  /** The host that the client named, as it spelled it. */
  readonly host: string | undefined;
}

export interface TlsListenerOptions {
  /** Gives certificate and key, for each new connection. */
  context(): Promise<SecureContext>;
  joined(connection: Agreed): void;
}

/** A TLS server that does not listen yet. */
export interface TlsListener {
  readonly server: Server;
  /** Takes a connection that another server has accepted. */
  accept(socket: Socket): void;
  /** Waits for a moment until the open connections have ended, and closes those that are left. */
  end(): Promise<void>;
}

/** Milliseconds within which TLS must be agreed upon. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds in which the peers of connections that the service has closed close them, too. Otherwise they would see a reset. */
const LINGER = 500;

const MOST_CONNECTIONS = 512;

export function createTlsListener({ context, joined }: TlsListenerOptions): TlsListener {
  const server = createServer({
    // With HTTP/2 the names of response headers would be in lower case, which one SDK does not find (contract 3.2).
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    allowHalfOpen: true,
    SNICallback(_name, done) {
      context().then(
        (made) => done(null, made),
        (error: Error) => done(error),
      );
    },
  });
  server.maxConnections = MOST_CONNECTIONS;
  /** Node does not tell which connection is inside an agreed one, but both have the same ports. */
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    open.set(key, socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(key));
  });
  server.on('secureConnection', (tls) => {
    tls.setNoDelay(true);
    const raw = open.get(keyOf(tls));
    // The inner one has the handle of the outer one, which does not learn of its end.
    tls.once('close', () => raw?.destroy());
    joined({ tls, raw, host: tls.servername || undefined });
  });
  // A client that does not trust the CA ends the handshake. It says so itself.
  server.on('tlsClientError', (_error, tls) => {
    open.get(keyOf(tls))?.destroy();
    tls.destroy();
  });
  return {
    server,
    accept: (socket) => server.emit('connection', socket),
    async end() {
      const late = Date.now() + LINGER;
      while (open.size > 0 && Date.now() < late) await sleep(10);
      for (const socket of open.values()) socket.destroy();
    },
  };
}

function keyOf({ localPort, remotePort }: Socket): string {
  return `${localPort} ${remotePort}`;
}
