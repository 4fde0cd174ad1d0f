import { IMAGE_BYTES_LIMIT } from '@coupon-media/apiv3';
import { prepareImage } from '@coupon-media/prepare';
import { expect, test } from 'vitest';
import { opened, pngOf, sha256 } from './opened.js';
import { get, post } from './send.js';

/** An image that fits its slot already. */
const sample = (await prepareImage(pngOf(200), { slot: 'background' })).bytes;

test('an image is made to fit before it is uploaded, with the bytes that packages/prepare makes', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const source = pngOf(200);
  const answer = await post(`${url}/v1/images?prepare=true&slot=background&filename=a.webp`, bearer, source);
  const { bytes, changes } = await prepareImage(source, { slot: 'background' });
  expect(answer.body).toMatchObject({ sha256: sha256(bytes), width: 1170, height: 1326, reused: false });
  const { changes: told } = answer.body as { changes: { code: string; text: string }[] };
  expect(told.map(({ code }) => code)).toEqual(changes.map(({ code }) => code));
  expect(told.every(({ text }) => text.length > 10)).toBe(true);
  const listed = await get(`${url}/v1/images/${sha256(bytes)}`, bearer);
  expect(listed.body).toMatchObject({ slot: 'background', filename: 'a.png', changes: told });
});

test('a preview is the bytes that an upload would send, and nothing is kept', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  const preview = await post(`${url}/v1/prepare?slot=background`, bearer, sample);
  expect(preview.body).toMatchObject({ unchanged: true, sha256: sha256(sample), width: 1170, kind: 'png' });
  const bare = await fetch(`${url}/v1/prepare?slot=icon`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'image/png', Accept: 'image/*' },
    body: new Uint8Array(sample),
  });
  expect(bare.headers.get('content-type')).toBe('image/png');
  expect(sha256(Buffer.from(await bare.arrayBuffer()))).toBe(
    sha256((await prepareImage(sample, { slot: 'icon' })).bytes),
  );
  expect(publisher.asked).toHaveLength(0);
});

test('2 MiB and a byte are too much alone, and are made to fit with prepare', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const source = pngOf(IMAGE_BYTES_LIMIT + 1);
  expect((await post(`${url}/v1/images`, bearer, source)).body).toMatchObject({ code: 'body-too-large' });
  expect((await post(`${url}/v1/images?prepare=true`, bearer, source)).status).toBe(200);
});

test('what cannot be prepared says why', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const refused = await post(
    `${url}/v1/prepare`,
    bearer,
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  );
  expect(refused.body).toMatchObject({
    status: 422,
    code: 'image-unpreparable',
    reason: 'FORMAT_UNSUPPORTED',
  });
});
