import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { freePort } from '../tools/engines/processes.mjs';
import { judge, type SignedUpload, signedUpload } from './support/exchange.js';
import { run } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';
import { rawConnection, testService } from './support/service.js';

vi.setConfig({ testTimeout: 60_000 });

const DEPLOYED = path.resolve('deploy/compose/haproxy.cfg');

/** What the contract (3.2) has on every signed answer. */
const SIGNED = [
  'Wechatpay-Timestamp',
  'Wechatpay-Nonce',
  'Wechatpay-Signature',
  'Wechatpay-Serial',
  'Wechatpay-Signature-Type',
  'Request-ID',
  'Content-Type',
  'Content-Language',
  'X-Content-Type-Options',
  'Cache-Control',
];

const { balancer: haproxy, needed } = await useEngines('balancer');

describe('behind the HAProxy file that we ship', needed, () => {
  test('a reader that minds letter case, as wechatpay-java 0.2.17 does, proves the answer of an upload', async () => {
    const { credentials, port } = await testService();
    const front = await startDeployed(port);
    const { status, headers, body } = await sendTo(front, await signedUpload(credentials));
    expect(status).toBe(200);
    expect([...headers.keys()]).toEqual(expect.arrayContaining(SIGNED));
    // The reader's own map is asked, by the names of the contract.
    const asLooked = Object.fromEntries(SIGNED.map((name) => [name.toLowerCase(), headers.get(name)]));
    expect(await judge(credentials, asLooked, body)).toBeUndefined();
  });

  test('header names are those that the node wrote, whatever it answers', async () => {
    const { credentials, port } = await testService();
    const front = await startDeployed(port);
    const shapes = [{}, { filename: 'a.gif' }, { signed: 'other' }, { authorization: undefined }];
    const statuses: number[] = [];
    for (const shape of shapes) {
      const direct = await sendTo(port, await signedUpload(credentials, shape));
      const through = await sendTo(front, await signedUpload(credentials, shape));
      expect(endToEnd(through.headers)).toEqual(endToEnd(direct.headers));
      statuses.push(through.status);
    }
    expect(statuses).toEqual([200, 400, 401, 401]);
  });

  test('what the balancer says itself has its Request-ID in the same letters', async () => {
    const front = await startDeployed(await freePort());
    const url = 'http://x/v3/certificates';
    const { status, headers } = await sendTo(front, { url, headers: {}, body: Buffer.of() });
    expect(status).toBe(503);
    expect([...headers.keys()]).toEqual(
      expect.arrayContaining(['Request-ID', 'Retry-After', 'Content-Type']),
    );
  });

  test('HTTP/2 is not offered by TLS, and not taken without it', async () => {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pem = path.join(folder, 'tls.pem');
    const made = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', pem, '-out', pem];
    expect((await run('openssl', ['req', '-x509', ...made])).code).toBe(0);
    const secure = await freePort();
    // The line that the file offers, with the port and the certificate of this machine.
    const file = (await readFile(DEPLOYED, 'utf8'))
      .replace(/^ *# +bind :8443 /m, `    bind 127.0.0.1:${secure} `)
      .replace('/etc/haproxy/tls.pem', pem);
    await writeFile(path.join(folder, 'haproxy.cfg'), file);
    const front = await startDeployed(await freePort(), path.join(folder, 'haproxy.cfg'));

    const socket = connectTls({
      port: secure,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();

    const clear = await rawConnection(front);
    clear.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
    expect(await clear.closed).toMatch(/^HTTP\/1\.[01] 400 /);
  });

  /** Starts HAProxy by the file, before one node. @returns its port */
  async function startDeployed(node: number, file = DEPLOYED): Promise<number> {
    const port = await freePort();
    const env = {
      ...process.env,
      LISTEN: `127.0.0.1:${port}`,
      NODE_1: `127.0.0.1:${node}`,
      NODE_2: `127.0.0.1:${node}`,
    };
    const child = spawn(haproxy.program, ['-db', '-f', file], { env, stdio: 'ignore' });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    await vi.waitUntil(
      () => sendTo(port, { url: 'http://x/', headers: {}, body: Buffer.of() }).catch(() => undefined),
      {
        timeout: 20_000,
      },
    );
    return port;
  }
});

/** Sends an upload to a port, and reads the answer as it came: names in their own letters. */
async function sendTo(port: number, { url, headers, body }: SignedUpload) {
  const { pathname } = new URL(url);
  const outgoing = request({
    port,
    host: '127.0.0.1',
    path: pathname,
    method: 'POST',
    headers,
    agent: false,
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { rawHeaders } = answer;
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  return {
    status: answer.statusCode ?? 0,
    headers: new Map(names.map((name, at) => [name, rawHeaders[2 * at + 1] ?? ''])),
    body: (await buffer(answer)).toString(),
  };
}

/** The names of headers that are not about one connection alone. */
function endToEnd(headers: ReadonlyMap<string, string>): string[] {
  return [...headers.keys()].filter((name) => !/^(connection|keep-alive)$/i.test(name)).sort();
}
