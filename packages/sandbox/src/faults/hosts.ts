import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import net, { type AddressInfo, type Server } from 'node:net';
import { hosts as liveHosts } from '@coupon-media/apiv3';
import type { Address, ServiceCore } from '@coupon-media/server';
import type { HostName } from './rule.js';

/** The two addresses of a sandbox, as the live service has two hosts (contract 1.1). */
export interface Hosts {
  /** Gives a service that listens a second address. */
  open(service: ServiceCore, main: Address): Promise<void>;
  /** @returns the origins of the two, the main one first */
  origins(): readonly string[];
  /** @returns which of the two a request came to */
  of(request: IncomingMessage): HostName;
  /** @param isRefusing which hosts refuse connections from now on; it is asked again while one does */
  refuse(isRefusing: (host: HostName) => boolean): void;
  /** Lets both listen, since a service that does not listen does not wait for its requests in progress when it closes. */
  reopen(): Promise<void>;
  /** Ends the backup host. Resolves when the service has closed its connections. */
  close(): Promise<void>;
}

/** Milliseconds. */
const ASK_AGAIN = 50;

export function createHosts(): Hosts {
  let opened: readonly OpenHost[] = [];
  let timer: NodeJS.Timeout | undefined;

  function refuse(isRefusing: (host: HostName) => boolean): void {
    clearInterval(timer);
    for (const host of opened) {
      if (isRefusing(host.name)) host.refuse();
      else host.accept();
    }
    if (!opened.some(({ name }) => isRefusing(name))) return;
    timer = setInterval(() => refuse(isRefusing), ASK_AGAIN);
    timer.unref();
  }

  return {
    async open({ monitored: { server } }, main) {
      // Node documents that connections may be given to a server in this way. A half-closed one stays, as it does on the main host.
      const backup = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        server.emit('connection', socket);
      });
      backup.listen({ host: main.host, port: 0 });
      await once(backup, 'listening');
      const { port } = backup.address() as AddressInfo;
      const dropIdle = () => server.closeIdleConnections();
      opened = [
        openHost('main', server, main, dropIdle),
        openHost('backup', backup, { host: main.host, port }, dropIdle),
      ];
    },
    origins: () => opened.map(({ address: { host, port } }) => `http://${host}:${port}`),
    of({ socket, headers }) {
      const [, backup] = opened;
      const isBackup = socket.localPort === backup?.address.port || BACKUP_NAMES.has(nameOf(headers.host));
      return isBackup ? 'backup' : 'main';
    },
    refuse,
    async reopen() {
      refuse(() => false);
      for (const { listener } of opened) if (!listener.address()) await once(listener, 'listening');
    },
    async close() {
      const [, backup] = opened;
      if (!backup) return;
      const closed = once(backup.listener, 'close');
      backup.listener.close();
      await closed;
    },
  };
}

interface OpenHost {
  readonly name: HostName;
  readonly listener: Server;
  readonly address: Address;
  refuse(): void;
  accept(): void;
}

function openHost(name: HostName, listener: Server, address: Address, dropIdle: () => void): OpenHost {
  let isRefusing = false;
  const failed = (error: Error): void => {
    process.stderr.write(`coupon-media sandbox: the ${name} host cannot listen again: ${error.message}\n`);
  };
  return {
    ...{ name, listener, address },
    refuse() {
      if (isRefusing) return;
      isRefusing = true;
      listener.close();
      dropIdle();
    },
    accept() {
      if (!isRefusing) return;
      isRefusing = false;
      listener.once('error', failed);
      listener.listen(address, () => listener.off('error', failed));
    },
  };
}

/** The live backup, and the one that an official SDK has (contract 1.1). */
const BACKUP_NAMES: ReadonlySet<string> = new Set([
  ...liveHosts.slice(1).map((origin) => new URL(origin).host),
  'api2.wechatpay.cn',
]);

function nameOf(host = ''): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}
