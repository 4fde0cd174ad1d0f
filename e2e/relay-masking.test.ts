import { request } from 'node:http';
import { openRelayRecords } from '@coupon-media/relay';
import { openEmbeddedDatabase } from '@coupon-media/server';
import { expect, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

test('Authorization, cookies and queries reach neither the log nor the audit', async () => {
  const { relay, folder, client, log } = await relayOfTest(await sandboxOfTest());
  const database = await openEmbeddedDatabase({ folder });
  const records = await openRelayRecords(database);
  const { token, text } = await records.tokens.create({ name: 'test', account: 'shop', scopes: ['upload'] });
  const secret = text.slice(token.id.length + 1);
  const { headers: given } = await fetch(`http://127.0.0.1:${relay.address.port}/v1/session`, {
    ...{ method: 'POST', headers: { Authorization: `Bearer ${text}` } },
  });
  const [session = ''] = (given.get('set-cookie') ?? '').split(';', 1);
  const image = await makeImage('png', 1);
  const headers = {
    Cookie: 'session=word-in-a-cookie',
    Authorization: `Bearer ${text}`,
    'Content-Type': 'image/png',
  };
  const asked = [
    { path: '/v1/images?filename=a.png', headers, body: image },
    { path: '/v1/images?word-in-a-query=1', headers, body: image },
    { path: `/v1/images?access_token=${text}`, headers: { Cookie: headers.Cookie } },
    { path: '/v1/nothing?word-in-a-query', headers },
    { path: '/v1/images', headers: { ...headers, Authorization: 'Bearer word-in-a-header' } },
    {
      path: '/v3/certificates?word-in-a-query',
      headers: { ...headers, Authorization: 'Basic word-in-a-header' },
    },
    { path: '/readyz?word-in-a-query', headers },
    { path: '/v1/session', headers: { Cookie: session } },
  ];
  const statuses = [];
  for (const one of asked) statuses.push(await send(relay.address.port, one));
  await client.uploadImage(image, { filename: 'b.png' });
  expect(statuses).toEqual([200, 400, 400, 404, 401, 400, 200, 200]);

  await expect.poll(async () => (await lines()).join('')).toContain('b.png');
  const written = [...log, ...(await lines())].join('\n');
  expect(written).toContain(token.id);
  for (const word of [
    secret,
    session.slice(-43),
    'word-in-a-cookie',
    'word-in-a-query',
    'word-in-a-header',
    'WECHATPAY2-SHA256',
  ])
    expect(written, word).not.toContain(word);
  expect(log.join('\n')).toContain('"alarm":"TOKEN_COMPROMISED"');
  await records.close();
  await database.close();

  async function lines(): Promise<string[]> {
    const all: string[] = [];
    for await (const line of records.audit.lines({})) all.push(line);
    return all;
  }
});

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** @returns the status */
function send(port: number, { path, headers, body }: Asked): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, headers, method: body ? 'POST' : 'GET' },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      },
    );
    sent.on('error', reject).end(body);
  });
}
