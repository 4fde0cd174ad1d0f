import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { freePort } from '../tools/engines/processes.mjs';
import { judge, SIGNED_HEADERS, type SignedUpload, signedUpload } from './support/exchange.js';
import { rawConnection, testService } from './support/service.js';
import { shippedProxies } from './support/shipped-proxies.js';

vi.setConfig({ testTimeout: 60_000 });

for (const { name, needed, start } of shippedProxies) {
  describe(`behind the shipped configuration of ${name}`, needed, () => {
    test('a reader that compares letter case, as wechatpay-java 0.2.17 does, verifies the response to an upload', async () => {
      const { credentials, port } = await testService();
      const front = await start(port);
      const { status, headers, body } = await sendTo(front.port, await signedUpload(credentials));
      expect(status).toBe(200);
      expect([...headers.keys()]).toEqual(expect.arrayContaining(SIGNED_HEADERS));
      // The names of the contract are looked up in the reader's own map.
      const asLooked = Object.fromEntries(
        SIGNED_HEADERS.map((name) => [name.toLowerCase(), headers.get(name)]),
      );
      expect(await judge(credentials, asLooked, body)).toBeUndefined();
    });

    test('header names are written as the node wrote them, for every response', async () => {
      const { credentials, port } = await testService();
      const front = await start(port);
      const shapes = [{}, { filename: 'a.gif' }, { signed: 'other' }, { authorization: undefined }];
      const statuses: number[] = [];
      for (const shape of shapes) {
        const direct = await sendTo(port, await signedUpload(credentials, shape));
        const through = await sendTo(front.port, await signedUpload(credentials, shape));
        expect(endToEnd(through.headers)).toEqual(endToEnd(direct.headers));
        statuses.push(through.status);
      }
      expect(statuses).toEqual([200, 400, 401, 401]);
    });

    test("the proxy's own responses have a Request-ID in the same letter case", async () => {
      const front = await start(await freePort());
      const url = 'http://x/v3/certificates';
      const { status, headers } = await sendTo(front.port, { url, headers: {}, body: Buffer.of() });
      expect(status).toBe(name === 'nginx' ? 502 : 503);
      expect([...headers.keys()]).toEqual(
        expect.arrayContaining(['Request-ID', 'Retry-After', 'Content-Type']),
      );
    });

    test('HTTP/2 is not offered by TLS, and not accepted without TLS', async () => {
      const front = await start(await freePort());
      const socket = connectTls({
        port: front.securePort,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      await once(socket, 'secureConnect');
      expect(socket.alpnProtocol).toBe('http/1.1');
      socket.destroy();

      const clear = await rawConnection(front.port);
      clear.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
      expect(await clear.closed).toMatch(/^HTTP\/1\.[01] (400|505) /);
    });
  });
}

/** Sends an upload to a port and reads the response with its original letter case. */
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

/** The names of headers, except those of a single connection and the proxy's own. */
function endToEnd(headers: ReadonlyMap<string, string>): string[] {
  return [...headers.keys()].filter((name) => !/^(connection|keep-alive|server)$/i.test(name)).sort();
}
