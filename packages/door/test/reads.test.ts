import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { opened, pngOf, sha256 } from './opened.js';
import { get, post } from './send.js';

interface Page {
  readonly images: readonly { filename: string; sha256: string; uploaded_at: string }[];
  readonly next?: string;
}

test('images are listed newest first by pages, by the beginning of the name and by time, each account its own', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const rival = await token({ account: 'rival' });
  await post(`${url}/v1/images?filename=spring-0.png`, rival, pngOf(100));
  for (const name of ['spring-1', 'summer-1', 'spring-2', 'spring_3', '50%25-1']) {
    await post(`${url}/v1/images?filename=${name}.png`, bearer, pngOf(100));
  }
  const list = async (query: string) => (await get(`${url}/v1/images${query}`, bearer)).body as Page;
  const names = ({ images }: Page) => images.map(({ filename }) => filename);
  expect(names(await list(''))).toEqual([
    '50%-1.png',
    'spring_3.png',
    'spring-2.png',
    'summer-1.png',
    'spring-1.png',
  ]);
  const first = await list('?limit=2');
  expect([names(first), typeof first.next]).toEqual([['50%-1.png', 'spring_3.png'], 'string']);
  await post(`${url}/v1/images?filename=autumn.png`, bearer, pngOf(100));
  const second = await list(`?limit=3&cursor=${first.next}`);
  expect([names(second), second.next]).toEqual([['spring-2.png', 'summer-1.png', 'spring-1.png'], undefined]);
  expect(names(await list('?filename=spring-'))).toEqual(['spring-1.png', 'spring-2.png']);
  expect(names(await list('?filename=50%25'))).toEqual(['50%-1.png']);
  const at = second.images[0]?.uploaded_at ?? '';
  expect(names(await list(`?until=${at}`))).not.toContain('spring-2.png');
  expect(names(await list(`?since=${at}`))).toContain('spring-2.png');
  expect((await get(`${url}/v1/images?offset=3`, bearer)).body).toMatchObject({ code: 'parameter-invalid' });
});

test('each way to look has pages that go on where the last one ended, and only with its own cursor', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const other = await token();
  const sent = [];
  for (let n = 0; n < 7; n += 1) {
    const image = pngOf(100);
    sent.push(sha256(image));
    await post(`${url}/v1/images?filename=p${n % 3}.png`, n % 2 ? bearer : other, image);
  }
  const all = async (query: string) => {
    const found: Page['images'][number][] = [];
    let cursor = '';
    do {
      const { images, next } = (await get(`${url}/v1/images?limit=2${query}${cursor}`, bearer)).body as Page;
      found.push(...images);
      cursor = next ? `&cursor=${next}` : '';
    } while (cursor);
    return found;
  };
  const newest = [...sent].reverse();
  expect((await all('')).map((image) => image.sha256)).toEqual(newest);
  expect((await all('&pixels=1x1')).map((image) => image.sha256)).toEqual(newest);
  expect(await all('&pixels=1x2')).toEqual([]);
  expect((await all('&filename=p')).map(({ filename }) => filename)).toEqual(
    ['p0', 'p0', 'p0', 'p1', 'p1', 'p2', 'p2'].map((name) => `${name}.png`),
  );
  const caller = bearer.slice(0, 16);
  expect((await all(`&caller=${caller}`)).map((image) => image.sha256)).toEqual([sent[5], sent[3], sent[1]]);
  for (const length of [1, 2, 7, 64]) {
    const prefix = sent[0]?.slice(0, length) ?? '';
    expect((await all(`&sha256=${prefix}`)).map((image) => image.sha256)).toEqual(
      sent.filter((digest) => digest.startsWith(prefix)).sort(),
    );
  }
  const nextOf = async (query: string) =>
    ((await get(`${url}/v1/images?limit=2${query}`, bearer)).body as Page).next;
  const next = await nextOf('');
  const unknownEndpoint = Buffer.from(JSON.stringify(['digest', 'none', sent[0]])).toString('base64url');
  const refused = [
    `cursor=${next}&filename=p`,
    `cursor=${await nextOf('&filename=p')}&filename=q`,
    `cursor=${unknownEndpoint}&sha256=${sent[0]}`,
    'cursor=7',
    'filename=p&caller=me',
    'sha256=00&since=2026-01-01T00:00:00Z',
    'pixels=0x1',
    'sha256=XY',
  ];
  for (const query of refused) {
    expect((await get(`${url}/v1/images?${query}`, bearer)).body, query).toMatchObject({
      status: 400,
      code: 'parameter-invalid',
    });
  }
});

test('a known image is answered without its bytes; one of another account is not known', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const image = pngOf(2000);
  await post(`${url}/v1/images?slot=background&filename=a.png`, bearer, image);
  const found = await get(`${url}/v1/images/${sha256(image)}`, bearer);
  expect(found.body).toEqual({
    ...{
      image_url: expect.any(String),
      endpoint: 'product-coupon',
      sha256: sha256(image),
      filename: 'a.png',
    },
    ...{ kind: 'png', bytes: 2000, width: 1, height: 1, slot: 'background', changes: [] },
    caller: bearer.slice(0, 16),
    ...{ upstream_request_id: 'UP-1', uploaded_at: expect.any(String) },
  });
  const rival = await token({ account: 'rival' });
  expect((await get(`${url}/v1/images/${sha256(image)}`, rival)).body).toMatchObject({ code: 'not-found' });
});

test('a body that is cut off leaves nothing, and the next request is served', async () => {
  const { port, url, token, publisher } = await opened();
  const bearer = await token();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /v1/images HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${bearer}\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n\r\n`,
  );
  socket.write(pngOf(3000));
  socket.end();
  const [answer] = (await once(socket, 'data').catch(() => [''])) as [Buffer | string];
  expect(String(answer)).not.toContain('200 OK');
  expect(publisher.asked).toHaveLength(0);
  expect((await post(`${url}/v1/images`, bearer, pngOf(3000))).status).toBe(200);
});

test('the description is OpenAPI 3.1, and says what the door takes', async () => {
  const { url } = await opened();
  const response = await fetch(`${url}/v1/openapi.json`);
  const document = (await response.json()) as { openapi: string; paths: Record<string, unknown> };
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/v1/audit',
    '/v1/events',
    '/v1/images',
    '/v1/images/{sha256}',
    '/v1/images/{sha256}/thumbnail',
    '/v1/prepare',
    '/v1/session',
    '/v1/status',
    '/v1/uploads/{id}',
  ]);
  expect(document.paths['/v1/images']).toMatchObject({
    post: { requestBody: { content: { 'image/png': {}, 'multipart/form-data': {} } } },
  });
});

test('unknown paths of the door are problems', async () => {
  const { url, token } = await opened();
  expect((await get(`${url}/v1/nothing`, await token())).body).toMatchObject({
    status: 404,
    code: 'not-found',
  });
});

test('a sender that asks first is told to go on, and one whose image is too large is refused before it sends', async () => {
  const { port, token } = await opened();
  const bearer = await token();
  const ask = (bytes: number) =>
    new Promise<[isTold: boolean, status: number | undefined]>((resolve, reject) => {
      let isTold = false;
      const headers = {
        Authorization: `Bearer ${bearer}`,
        'Content-Type': 'image/png',
        'Content-Length': bytes,
      };
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/v1/images',
          agent: false,
          headers: { ...headers, Expect: '100-continue' },
        },
        (response) => {
          resolve([isTold, response.statusCode]);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      sent.on('continue', () => {
        isTold = true;
        sent.end(pngOf(bytes));
      });
      sent.flushHeaders();
    });
  expect(await ask(3000)).toEqual([true, 200]);
  expect(await ask(3_000_000)).toEqual([false, 413]);
});
