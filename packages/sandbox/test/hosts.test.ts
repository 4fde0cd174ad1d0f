import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import type { Text } from '@coupon-media/apiv3';
import { expect, onTestFinished, test } from 'vitest';
import { type HostsOptions, type OpenHosts, openHosts } from '../dist/hosts/hosts.js';
import { HOSTS } from '../dist/hosts/names.js';

const [MAIN] = HOSTS;
const DAY = 24 * 60 * 60 * 1000;

test('a connection that the service resets is reset for the client', async () => {
  const resetting = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  resetting.listen(0, '127.0.0.1');
  await once(resetting, 'listening');
  onTestFinished(() => void resetting.close());
  const hosts = await hostsBefore(portOf(resetting));
  const ca = await readFile(hosts.tls.caPath);
  const secure = connect({ host: '127.0.0.1', port: hosts.tls.port, servername: MAIN, ca });
  await once(secure, 'secureConnect');
  secure.write('GET / HTTP/1.1\r\n');
  await expect(once(secure, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a sandbox that runs longer than its certificate makes another one, and says so', async () => {
  let now = Date.now() - 31 * DAY;
  const said: Text[] = [];
  const hosts = await hostsBefore(1, { now: () => now, say: (text) => said.push(text) });
  const first = await readFile(hosts.tls.caPath);
  now += 31 * DAY;
  const { port } = hosts.tls;
  const secure = connect({ host: '127.0.0.1', port, servername: MAIN, ca: first });
  await expect(once(secure, 'secureConnect')).rejects.toMatchObject({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
  expect(said.map(({ en }) => en)).toEqual([
    expect.stringContaining(`another one is in ${hosts.tls.caPath}`),
  ]);
  expect(await readFile(hosts.tls.caPath)).not.toEqual(first);
});

/** The hosts before a port of this machine, in a folder of their own. */
async function hostsBefore(port: number, more: Partial<HostsOptions> = {}): Promise<OpenHosts> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const ports = { asked: 0, first: 0, option: '' };
  const hosts = await openHosts({
    ...{ place: { folder, cache: undefined }, tlsPorts: ports, proxyPorts: ports },
    ...{ portOf: () => port, say: () => {}, ...more },
  });
  onTestFinished(() => hosts.close());
  return hosts;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
