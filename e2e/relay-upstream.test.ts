import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { loadCertificate } from '@coupon-media/apiv3';
import { openRelayRecords, type StoredEntry } from '@coupon-media/relay';
import { generateCertifiedPair, type Sandbox } from '@coupon-media/sandbox';
import { addCertificate, openEmbeddedDatabase, openEmbeddedMerchants } from '@coupon-media/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { profileOf, sandboxOfTest } from './support/sandbox.js';

// Takes 15 s: a profile is read again within 10 s.

let numbers = 2_000;

function newImage(): Promise<Buffer> {
  numbers += 1;
  return makeImage('png', numbers);
}

const uploadsOf = ({ requests }: Sandbox) => requests.filter(({ upload }) => upload);

/** The platform certificate that a sandbox has before any rotation: its PEM text. */
async function platformCertificateOf({ folder }: Sandbox): Promise<string | undefined> {
  const records = await openEmbeddedMerchants({ folder });
  const key = (await records.platformKeys()).find(({ kind }) => kind === 'certificate');
  await records.close();
  return key?.publicPem;
}

/** The entries of the audit about calls of upstream. */
async function auditedUploads(folder: string): Promise<readonly StoredEntry[]> {
  const database = await openEmbeddedDatabase({ folder });
  const records = await openRelayRecords(database);
  const entries: StoredEntry[] = [];
  for await (const entry of records.audit.entries({})) if (entry.event === 'upload') entries.push(entry);
  await records.close();
  await database.close();
  return entries;
}

test('while the main host is away the backup gives the URL, and the audit names both', async () => {
  const upstream = await sandboxOfTest();
  const profile = await profileOf(upstream, { baseUrl: undefined, hosts: upstream.hosts });
  const { client, folder } = await relayOfTest(upstream, { accounts: { shop: { profile } } });
  upstream.faults.add({ request: { host: 'main' }, response: { fault: 'CONNECTION_REFUSED' } });
  const { imageUrl } = await client.uploadImage(await newImage());
  expect(imageUrl).toMatch(/\/images\/[0-9a-f]{64}\.png$/);
  const [entry] = await auditedUploads(folder);
  expect(entry).toMatchObject({ outcome: 'published', hosts: upstream.hosts, attempts: 2 });
});

describe('keys change while the relay runs', () => {
  test("the merchant's own certificate: the next one is used from its moment on", async () => {
    const upstream = await sandboxOfTest();
    const profile = await profileOf(upstream, {});
    const { client } = await relayOfTest(upstream, { accounts: { shop: { profile } } });
    await client.uploadImage(await newImage());
    const { mchid } = upstream.credentials;
    const { privateKeyPem, certificatePem } = await generateCertifiedPair(
      `CN=${mchid}`,
      new Date(Date.now() - 60_000),
    );
    const records = await openEmbeddedMerchants({ folder: upstream.folder });
    await addCertificate(records, mchid, certificatePem, Math.floor(Date.now() / 1000));
    await records.close();
    const from = new Date().toISOString();
    const next = { from, certificate: certificatePem, privateKey: privateKeyPem };
    await profileOf(upstream, { nextCertificates: [next] });
    const serial = async () => {
      await client.uploadImage(await newImage());
      return /serial_no="([^"]+)"/.exec(uploadsOf(upstream).at(-1)?.header('authorization') ?? '')?.[1];
    };
    await expect.poll(serial, { timeout: 30_000 }).not.toBe(upstream.credentials.certificateSerialNo);
    // No upload failed meanwhile, or the poll would have.
    expect(uploadsOf(upstream).filter(({ outcome }) => outcome !== 'SUCCESS')).toEqual([]);
  });

  test("upstream's platform certificate: a profile that has the one before needs no change", async () => {
    const upstream = await sandboxOfTest();
    const certificates = await upstream.faults.nextPlatformKeys();
    const profile = await profileOf(upstream, {
      ...{ ...upstream.certificateMode, wechatPayPublicKeyId: undefined, wechatPayPublicKeyPath: undefined },
      platformCertificate: await platformCertificateOf(upstream),
    });
    upstream.faults.add({
      request: { endpoint: 'product-coupon' },
      response: { fault: 'PLATFORM_KEY_ROTATED' },
    });
    await (await upstream.client()).uploadImage(await newImage()).catch(() => {});
    const { client } = await relayOfTest(upstream, { accounts: { shop: { profile } } });
    const { imageUrl } = await client.uploadImage(await newImage());
    expect(imageUrl).toMatch(/\/images\/[0-9a-f]{64}\.png$/);
    expect(uploadsOf(upstream).at(-1)?.response?.headers['Wechatpay-Serial']).toBe(
      certificates.certificate.id,
    );
  });
});

test("the end of the merchant's certificate is told from 30 days ahead on, and when it has come", async () => {
  const upstream = await sandboxOfTest();
  const { certificatePath } = upstream.credentials;
  const profile = await profileOf(upstream, { certificatePath, certificateSerialNo: undefined });
  const { notAfter } = loadCertificate(await readFile(certificatePath, 'utf8'));
  const told: Record<string, unknown[]> = {};
  for (const days of [31, 30, 7, 1, -1]) {
    const { log, stop } = await relayOfTest(upstream, {
      accounts: { shop: { profile } },
      clock: () => (notAfter - days * 86_400) * 1000,
    });
    told[days] = log.map((line) => JSON.parse(line).alarm).filter((alarm) => alarm !== undefined);
    await stop();
  }
  expect(told).toEqual({
    ...{ 31: [], 30: ['KEY_EXPIRES'], 7: ['KEY_EXPIRES'], 1: ['KEY_EXPIRES'], '-1': ['KEY_EXPIRED'] },
  });
});

test('steps of the clock hold up nothing', async () => {
  let step = 0;
  const upstream = await sandboxOfTest();
  const { client } = await relayOfTest(upstream, {
    accounts: { shop: { profile: upstream.credentialsPath, pace: { perSecond: 20 } } },
    settings: { callerDeadlineSeconds: 5 },
    clock: () => Date.now() + step,
  });
  for (const hour of [0, 1, 25, 1, 0]) {
    step = hour * 3_600_000;
    const uploads = Array.from({ length: 4 }, async () => client.uploadImage(await newImage()));
    expect(await Promise.all(uploads)).toHaveLength(4);
  }
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n';
const HANGING: readonly [string, (socket: Socket) => void][] = [
  ['and reads nothing', (socket) => socket.pause()],
  ['when it has read the request', (socket) => socket.resume()],
  ['after the head of its response', (socket) => socket.resume().write(HEAD)],
  ['in the middle of its response', (socket) => socket.resume().write(`${HEAD}{"image_url":"https://`)],
];
test('upstream hangs, wherever it stops: the caller is told to come again, and the alarm is raised', async () => {
  await Promise.all(
    HANGING.map(async ([where, treat]) => {
      const upstream = await sandboxOfTest();
      const profile = await profileOf(upstream, { baseUrl: await listening(treat) });
      const deadlines = { connect: 200, send: 200, response: 200, total: 500 };
      const { client, log } = await relayOfTest(upstream, {
        accounts: { shop: { profile, deadlines } },
        settings: { callerDeadlineSeconds: 2 },
      });
      const refused = client.uploadImage(await newImage());
      await expect(refused, where).rejects.toMatchObject({
        status: 503,
        code: 'SYSTEM_ERROR',
        verified: true,
      });
      const { retryAfter } = await refused.catch((error) => error);
      expect(retryAfter, where).toBeGreaterThan(0);
      expect(log.join('\n'), where).toContain('"alarm":"UPSTREAM_UNREACHABLE"');
    }),
  );
});

/** Starts a server that treats each connection in one way. @returns its address */
async function listening(treat: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    treat(socket.on('error', () => {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
