import type { Language } from '@coupon-media/apiv3';
import type { OpenHosts } from './hosts.js';
import { HOSTS } from './names.js';

/** The ports of TLS. */
export interface TlsOptions {
  /**
   * Where TLS is spoken. Default: in a temporary folder any free port; otherwise 443, or 8443 or the next free one if 443 cannot be
   * had.
   */
  port?: number | undefined;
  /** The CONNECT proxy. Default: in a temporary folder any free port; otherwise 8790 or the next free one. */
  proxyPort?: number | undefined;
}

export interface TlsPlace {
  readonly folder: string;
  readonly isTemporary: boolean;
  /** What all sandboxes of this user share. */
  readonly cache: string | undefined;
  /** The addresses of the main and of the backup host. */
  readonly origins: readonly string[];
  readonly language: Language;
}

/**
 * Opens the hosts before a service that listens, if they are asked for.
 *
 * @throws StartError if a port cannot be opened, or an error of the file system
 */
export async function openTls(
  options: boolean | TlsOptions | undefined,
  { folder, isTemporary, cache, origins, language }: TlsPlace,
): Promise<OpenHosts | undefined> {
  if (!options) return undefined;
  const { port, proxyPort } = options === true ? {} : options;
  // Most tests need none of this.
  const { openHosts } = await import('./hosts.js');
  const [main = 0, backup = main] = origins.map((origin) => Number(new URL(origin).port));
  return openHosts({
    place: { folder, cache },
    tlsPorts: {
      ...{ asked: port, option: '--tls-port' },
      ...(isTemporary ? { first: 0 } : { best: 443, first: 8443 }),
    },
    proxyPorts: { asked: proxyPort, option: '--proxy-port', first: isTemporary ? 0 : 8790 },
    portOf: (host = HOSTS[0]) => (host.toLowerCase() === HOSTS[0] ? main : backup),
    say: (text) => process.stderr.write(`coupon-media sandbox: ${text[language]}\n`),
  });
}
