import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/** A way by which an SDK reaches the service at the protocol's own hosts, with nothing of the SDK changed. */
export interface Edge {
  /** An HTTP proxy for `CONNECT`: every host behind it is the service. */
  readonly port: number;
  close(): Promise<void>;
}

/** Certificates for the protocol's hosts, by an authority that only these runs trust. */
export interface Authority {
  /** PEM, for Go and Python. */
  readonly file: string;
  /** PKCS#12 with the password `changeit`, for Java. */
  readonly trustStore: string;
  readonly key: Buffer;
  readonly certificate: Buffer;
}

const HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com', 'api2.wechatpay.cn'];

/** Makes an authority in `folder` with openssl and keytool. */
export function makeAuthority(folder: string): Authority {
  const at = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const ca = ['-subj', '/CN=interop:wide', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...ca);
  const own = ['-subj', `/CN=${HOSTS[0]}`, '-keyout', at('edge.key'), '-out', at('edge.csr')];
  openssl('req', '-newkey', 'rsa:2048', '-nodes', ...own);
  writeFileSync(at('edge.ext'), `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(',')}\n`);
  const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    at('edge.csr'),
    ...signer,
    '-extfile',
    at('edge.ext'),
    '-out',
    at('edge.pem'),
  );
  const store = ['-storetype', 'PKCS12', '-storepass', 'changeit', '-keystore', at('ca.p12')];
  execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', at('ca.pem'), ...store], {
    stdio: 'pipe',
  });
  const [key, certificate] = [readFileSync(at('edge.key')), readFileSync(at('edge.pem'))];
  return { file: at('ca.pem'), trustStore: at('ca.p12'), key, certificate };
}

/**
 * @param target the port of the service, or of a proxy before it
 * @param alter changes the bytes of a response
 */
export async function openEdge(
  { key, certificate }: Authority,
  target: number,
  alter = (answer: Buffer) => answer,
): Promise<Edge> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };
  const tls = createTlsServer({ key, cert: certificate, ALPNProtocols: ['http/1.1'] }, (client) => {
    const service = connect(target, '127.0.0.1');
    for (const socket of [client, service]) track(socket);
    client.pipe(service);
    service.on('data', (bytes) => client.write(alter(bytes)));
    service.on('end', () => client.end());
  });
  tls.on('tlsClientError', () => {});
  const proxy = createServer().on('connect', (_request, socket: Socket, head: Buffer) => {
    const inner = connect((tls.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      inner.write(head);
      inner.pipe(socket).pipe(inner);
    });
    for (const each of [socket, inner]) track(each);
  });
  for (const server of [tls, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tls, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
