import { expect, test } from 'vitest';
import { sha256 } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { relayOfTest } from '../support/relay.js';
import { couponMedia } from '../support/run.js';
import { sandboxOfTest } from '../support/sandbox.js';

interface Listed {
  readonly images: readonly { readonly filename: string; readonly sha256: string; readonly caller: string }[];
}

test('a relay lists what came by either door, with its caller and its size, until it is forgotten', async () => {
  const upstream = await sandboxOfTest();
  const { folder, baseUrl, client } = await relayOfTest(upstream);
  const created = await couponMedia(
    ...[
      'token',
      'create',
      '--account',
      'shop',
      '--name',
      'gallery',
      '--scope',
      'upload,read,admin',
      '--data',
      folder,
    ],
  );
  expect(created.code).toBe(0);
  const headers = { Authorization: `Bearer ${created.stdout.trim()}` };
  const list = async (query = '') =>
    (await (await fetch(`${baseUrl}/v1/images${query}`, { headers })).json()) as Listed;
  const [signed, plain] = [await makeImage('png', 41), await makeImage('png', 42)];

  const { imageUrl } = await client.uploadImage(signed, { filename: '签名.png' });
  await fetch(`${baseUrl}/v1/images?filename=plain.png&slot=icon`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'image/png' },
    body: new Uint8Array(plain),
  });
  const { images } = await list();
  expect(images).toMatchObject([
    { filename: 'plain.png', sha256: sha256(plain), slot: 'icon', caller: created.stdout.slice(0, 16) },
    {
      filename: '签名.png',
      sha256: sha256(signed),
      slot: null,
      image_url: imageUrl,
      width: expect.any(Number),
    },
  ]);
  const caller = images[1]?.caller ?? '';
  expect((await list(`?caller=${caller}`)).images).toMatchObject([{ filename: '签名.png' }]);
  expect((await list(`?sha256=${sha256(signed).slice(0, 9)}`)).images).toMatchObject([
    { filename: '签名.png' },
  ]);

  const thumbnail = await fetch(`${baseUrl}/v1/images/${sha256(signed)}/thumbnail`, { headers });
  expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/webp']);

  const trail = await fetch(`${baseUrl}/v1/audit?sha256=${sha256(signed)}`, { headers });
  const entries = (await trail.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.map(({ event, outcome, door }) => [event, outcome, door])).toEqual(
    expect.arrayContaining([
      ['upload', 'published', undefined],
      ['request', 'published', 'apiv3'],
    ]),
  );
  expect(new Set(entries.map((entry) => entry.sha256))).toEqual(new Set([sha256(signed)]));

  const forgotten = await couponMedia(
    'relay',
    'forget',
    sha256(signed),
    '--account',
    'shop',
    '--data',
    folder,
  );
  expect(forgotten.code).toBe(0);
  expect((await list()).images).toMatchObject([{ filename: 'plain.png' }]);
});
