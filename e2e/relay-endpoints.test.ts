import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadEndpoints } from '@coupon-media/apiv3';
import { type Client, createClient } from '@coupon-media/client';
import { readCredentials, type Sandbox } from '@coupon-media/sandbox';
import { addMerchant, openEmbeddedMerchants } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest, type TestRelay } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

let numbers = 1_000;

function newImage(): Promise<Buffer> {
  numbers += 1;
  return makeImage('png', numbers);
}

const uploadsOf = ({ requests }: Sandbox) => requests.filter(({ upload }) => upload);

/** Adds brands to a folder; their certificate is that of the folder's merchant. */
async function addBrands(folder: string, certificatePath: string, ids: readonly string[]): Promise<void> {
  const records = await openEmbeddedMerchants({ folder });
  const certificatePem = await readFile(certificatePath, 'utf8');
  for (const id of ids)
    await addMerchant(records, { id, scheme: 'brand', certificatePem }, Math.floor(Date.now() / 1000));
  await records.close();
}

/** Writes the profile of a brand at upstream. @returns its path */
async function profileOf(brandId: string, { credentials, folder }: Sandbox): Promise<string> {
  const { mchid: _, ...rest } = credentials;
  const file = path.join(folder, `${brandId}.json`);
  await writeFile(file, JSON.stringify({ ...rest, brandId }), { mode: 0o600 });
  return file;
}

/** A client of a caller at the relay's APIv3 door. */
async function clientOf({ folder, baseUrl }: TestRelay, who: object): Promise<Client> {
  const { certificateSerialNo, privateKeyPath, wechatPayPublicKeyId, wechatPayPublicKeyPath } =
    await readCredentials(path.join(folder, 'credentials.json'));
  const client = createClient({
    ...{ baseUrl, certificateSerialNo, privateKeyPath, ...who },
    wechatPayPublicKeys: [{ id: wechatPayPublicKeyId, publicKeyPath: wechatPayPublicKeyPath }],
    deadlines: { response: 60_000, total: 120_000 },
  });
  onTestFinished(() => client.close());
  return client;
}

/** A relay with an account for its merchant, and one for each of its brands. */
async function relayOfBrands(pace: readonly object[]) {
  const upstream = await sandboxOfTest();
  const brands = pace.map((_, at) => `40000${at}1`);
  await addBrands(upstream.folder, upstream.credentials.certificatePath, brands);
  const rows = brands.map(async (id, at) => {
    const row = { profile: await profileOf(id, upstream), callers: [`80000${at}1`], pace: pace[at] };
    return [`brand-${at}`, row] as const;
  });
  const shop = { profile: upstream.credentialsPath, pace: { perSecond: 1_000 } };
  const accounts = { shop, ...Object.fromEntries(await Promise.all(rows)) };
  const relay = await relayOfTest(upstream, { accounts });
  const callers = pace.map((_, at) => `80000${at}1`);
  const { certificatePath } = await readCredentials(path.join(relay.folder, 'credentials.json'));
  await addBrands(relay.folder, certificatePath, callers);
  const clients = await Promise.all(callers.map((brandId) => clientOf(relay, { brandId })));
  // Either service sees a new brand within a second.
  for (const client of clients)
    await expect
      .poll(
        () =>
          newImage()
            .then((image) => client.uploadImage(image))
            .then(
              () => 'URL',
              () => 'none',
            ),
        { timeout: 20_000 },
      )
      .toBe('URL');
  return { upstream, relay, brands, clients };
}

test("every endpoint gives upstream's own value, brand and siblings included, once for each", async () => {
  const { upstream, relay, clients } = await relayOfBrands([{ perSecond: 1_000 }]);
  const image = await newImage();
  for (const { name, scheme, path: at } of uploadEndpoints) {
    const caller = scheme === 'brand' ? clients[0] : relay.client;
    const before = uploadsOf(upstream).length;
    const first = await caller?.uploadImage(image, { endpoint: name });
    const again = await caller?.uploadImage(image, { endpoint: name });
    const uploads = uploadsOf(upstream).slice(before);
    expect(uploads.map(({ url }) => url)).toEqual([at]);
    const [sent] = Object.values(JSON.parse(String(uploads[0]?.response?.body)));
    expect(resultOf(first), name).toBe(sent);
    expect(resultOf(again), name).toBe(sent);
  }
});

function resultOf(result: object | undefined): unknown {
  return Object.entries(result ?? {}).find(([key]) => key === 'imageUrl' || key === 'mediaId')?.[1];
}

test('each caller has the account that its grant names, and one account never uses the record of another', async () => {
  const { upstream, clients, brands } = await relayOfBrands([{ perSecond: 1_000 }, { perSecond: 1_000 }]);
  const before = uploadsOf(upstream).length;
  const image = await newImage();
  for (const client of clients) await client.uploadImage(image);
  const callers = uploadsOf(upstream)
    .slice(before)
    .map(({ caller }) => caller);
  expect(callers).toEqual(brands);
});

test('accounts that share a pace have equal parts of it, and together no more than it', async () => {
  const { upstream, clients, brands } = await relayOfBrands([{ perSecond: 10 }, { with: 'brand-0' }]);
  upstream.faults.add({
    request: { overQuota: { perSecond: 10, sharedBy: 'brands' } },
    response: { refusal: 'rateExceeded' },
  });
  const before = uploadsOf(upstream).length;
  const images = await Promise.all(Array.from({ length: 40 }, () => newImage()));
  // The first brand asks for all of its images before the second asks for any.
  const [first, second] = clients.map((client, at) =>
    images.slice(at * 20, at * 20 + 20).map((image) => () => client.uploadImage(image)),
  );
  await Promise.all([...(first ?? []), ...(second ?? [])].map((upload) => upload()));
  const uploads = uploadsOf(upstream).slice(before);
  expect(uploads.filter(({ outcome }) => outcome !== 'SUCCESS')).toEqual([]);
  const half = uploads.slice(0, 24).map(({ caller }) => caller);
  for (const brand of brands) expect(half.filter((caller) => caller === brand).length).toBeGreaterThan(8);
});
