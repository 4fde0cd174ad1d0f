import type { Server } from 'node:net';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { filled, type Text } from '@coupon-media/apiv3';
import { createConnectProxy } from './connect-proxy.js';
import { join } from './join.js';
import { type CertificatePlace, type KeptCertificate, keptCertificate } from './kept-certificate.js';
import { listenOn, type Ports, type TakenPort } from './listen.js';
import { HOSTS, LOOPBACK } from './names.js';
import { createTlsListener } from './tls-listener.js';

/** How programs that have WeChat Pay's hosts compiled in reach a sandbox, with nothing in them changed. */
export interface SandboxTls {
  /** The names of the certificate, which are those that the proxy joins at port 443. */
  readonly hosts: readonly string[];
  /** The absolute path of the CA that a program must trust, a PEM file. */
  readonly caPath: string;
  /** When CA and certificate end, 30 days after they were made. */
  readonly until: Date;
  /** The CONNECT proxy that a program must use: `http://127.0.0.1:…`. */
  readonly proxyUrl: string;
  /** The port of 127.0.0.1 on which TLS is spoken without a proxy. */
  readonly port: number;
  /**
   * Why `port` is not 443: `EACCES`, only an administrator may open it, or `EADDRINUSE`, another program has it. Undefined if it is
   * 443, or if 443 was not tried.
   */
  readonly not443: TakenPort['notBest'];
  /**
   * Proxy and CA as the environment variables that Node.js, Go, PHP, Python, .NET and curl read: for a child process. Java reads none,
   * see docs/sandbox.md.
   */
  readonly environment: Readonly<Record<string, string>>;
}

export interface OpenHosts {
  readonly tls: SandboxTls;
  /** Accepts no new connection. Those that are open stay, for the responses that are under way. */
  retire(): void;
  /** Waits until the open connections have ended, for a moment at most, and closes those that are left. */
  close(): Promise<void>;
}

export interface HostsOptions {
  readonly place: CertificatePlace;
  readonly tlsPorts: Ports;
  readonly proxyPorts: Ports;
  /** @returns the port of the service that is behind a host; undefined if a client named none */
  portOf(host: string | undefined): number;
  /** Receives what a person at the sandbox should know. */
  say(text: Text): void;
  /**
   * Unix milliseconds by the machine's clock: programs judge a certificate by that clock, wherever the sandbox's is. Default: `Date.now`.
   */
  readonly now?: () => number;
}

/**
 * Opens the hosts: TLS under their names, on a port and behind a CONNECT proxy.
 *
 * @throws StartError if a port cannot be opened, or an error of the file system
 */
export async function openHosts({
  place,
  tlsPorts,
  proxyPorts,
  portOf,
  say,
  now = Date.now,
}: HostsOptions): Promise<OpenHosts> {
  const certificates = await renewing(place, now, say);
  const { caPath, until } = certificates.first;
  const listener = createTlsListener({
    context: certificates.context,
    joined: ({ tls, raw, host }) => join(tls, raw, portOf(host)),
  });
  // A client that names no host gets the first one.
  listener.server.setSecureContext(keysOf(certificates.first));
  const proxy = createConnectProxy({ join: listener.accept, onRefused: oncePerTarget(say) });
  const servers: readonly Server[] = [listener.server, proxy];
  const retire = (): void => {
    for (const server of servers) if (server.listening) server.close();
  };
  const close = async (): Promise<void> => {
    retire();
    await listener.end();
    proxy.closeAllConnections();
  };
  try {
    const { port, notBest: not443 } = await listenOn(listener.server, tlsPorts);
    const { port: proxyPort } = await listenOn(proxy, proxyPorts);
    const proxyUrl = `http://${LOOPBACK}:${proxyPort}`;
    const environment = environmentOf(caPath, proxyUrl);
    return { tls: { hosts: HOSTS, caPath, until, proxyUrl, port, not443, environment }, retire, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The certificate of a folder, and its successors while the sandbox runs on. */
async function renewing(
  place: CertificatePlace,
  now: () => number,
  say: HostsOptions['say'],
): Promise<{ first: KeptCertificate; context(): Promise<SecureContext> }> {
  const first = await keptCertificate(place, now());
  if (first.isAnother) say(filled(RENEWED, { file: first.caPath }));
  let until = first.until.getTime();
  let context = Promise.resolve(createSecureContext(keysOf(first)));

  async function renew(): Promise<SecureContext> {
    try {
      const next = await keptCertificate(place, now());
      until = next.until.getTime();
      say(filled(RENEWED, { file: next.caPath }));
      return createSecureContext(keysOf(next));
    } catch (error) {
      until = 0;
      throw error;
    }
  }

  return {
    first,
    context() {
      if (now() >= until) {
        until = Number.POSITIVE_INFINITY;
        context = renew();
      }
      return context;
    },
  };
}

function keysOf({ certificatePem, privateKeyPem }: KeptCertificate): SecureContextOptions {
  return { cert: certificatePem, key: privateKeyPem, minVersion: 'TLSv1.2' };
}

const RENEWED: Text = {
  en: 'the CA for TLS had ended after its 30 days, and another one is in {file}: start the programs that trust it again, and run the keytool line again for Java',
  'zh-CN': 'TLS 的 CA 有效期 30 天已到，已重新生成：{file}。请重启使用它的程序；Java 需重新执行 keytool 命令',
};

const REFUSED: Text = {
  en: 'the proxy refused {target}: it leads to the hosts of WeChat Pay alone. Name other hosts in NO_PROXY',
  'zh-CN': '代理拒绝了 {target}：它只通向微信支付的主机，其他主机请写入 NO_PROXY',
};

/** Refused targets of which one is told: a program that asks for ever new ones is not worth a line each. */
const TARGETS_TOLD = 100;

/** Most clients hide the body of a refused CONNECT, so that the reason is told here. */
function oncePerTarget(say: HostsOptions['say']): (target: string) => void {
  const told = new Set<string>();
  return (target) => {
    const shown = target.replace(/[^\x21-\x7e]/g, '?').slice(0, 100);
    if (told.has(shown) || told.size >= TARGETS_TOLD) return;
    told.add(shown);
    say(filled(REFUSED, { target: shown }));
  };
}

/** Both letter cases: some programs read only one, and some prefer the lower one, which the machine may have set. */
function environmentOf(caPath: string, proxyUrl: string): Readonly<Record<string, string>> {
  return {
    ...{ HTTPS_PROXY: proxyUrl, https_proxy: proxyUrl },
    // Node.js. From 22.21 and 24.5 on it reads HTTPS_PROXY by itself if it is told to.
    ...{ NODE_EXTRA_CA_CERTS: caPath, NODE_USE_ENV_PROXY: '1' },
    // OpenSSL, Go and .NET on Linux; Python's requests; curl and PHP's curl extension.
    ...{ SSL_CERT_FILE: caPath, REQUESTS_CA_BUNDLE: caPath, CURL_CA_BUNDLE: caPath },
  };
}
