import { CERTIFICATES_PATH, createSigner, writeCertificates } from '@coupon-media/apiv3';
import { type CertificatesEvent, type ClientOptions, createClient } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from './certificate.js';
import { png } from './images.js';
import {
  type CannedResponse,
  IMAGE_URL,
  type KeyPair,
  makeKeyPair,
  optionsFor,
  PUBLIC_KEY_ID,
  platform,
  type Received,
  refusal,
  respond,
  startService,
} from './service.js';

const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';
const HOUR = 3_600_000;
const PATIENT = { timeout: 20_000 };
const second = makeKeyPair();
const SECOND_ID = 'PUB_KEY_ID_0119000000012026';

/** A certificate of the platform with its key. */
function issue(serialNo: string, keys: KeyPair = makeKeyPair(), notBefore?: Date, notAfter?: Date) {
  const pem = makeCertificate(keys, {
    serialNo,
    ...(notBefore && { notBefore }),
    ...(notAfter && { notAfter }),
  });
  return { serialNo, pem, signer: createSigner(serialNo, keys.privateKey) };
}

const serial = (digit: number) => `0${digit}`.repeat(20);
const older = issue(serial(1), makeKeyPair(), new Date(Date.now() - 900 * HOUR));
const newer = issue(serial(2), makeKeyPair(), new Date(Date.now() - 90 * HOUR));

describe('several keys at once', () => {
  const more: ClientOptions = {
    wechatPayPublicKeys: [
      { id: PUBLIC_KEY_ID, publicKey: platform.publicPem },
      { id: SECOND_ID, publicKey: second.publicPem },
    ],
    wechatPayCertificates: [older.pem],
  };

  test.each([
    ['the first', undefined],
    ['the second', createSigner(SECOND_ID, second.privateKey)],
    ['a certificate', older.signer],
    ['a certificate, its serial in lower case', { ...older.signer, keyId: older.serialNo.toLowerCase() }],
  ])('%s is found by the response that it signed', async (_, signer) => {
    const service = await startService(signer ? { signer } : {});
    expect(await createClient(optionsFor(service, more)).uploadImage(png())).toMatchObject({
      imageUrl: IMAGE_URL,
    });
    expect(service.received[0]?.headers['wechatpay-serial']).toBe(PUBLIC_KEY_ID);
  });

  test('certificates alone: responses are asked to be signed with the newest that is valid', async () => {
    const expired = issue(
      serial(3),
      makeKeyPair(),
      new Date(Date.now() - 9 * HOUR),
      new Date(Date.now() - HOUR),
    );
    const service = await startService({ signer: newer.signer });
    const wechatPayCertificates = [older.pem, expired.pem, newer.pem];
    const client = createClient(optionsFor(service, { wechatPayPublicKeys: [], wechatPayCertificates }));
    expect(await client.uploadImage(png())).toMatchObject({ imageUrl: IMAGE_URL });
    expect(service.received[0]?.headers['wechatpay-serial']).toBe(newer.serialNo);
  });
});

/** A platform with certificates to fetch, and a client in certificate mode with a manual clock. */
async function certificateMode(more: ClientOptions = {}) {
  const state = { certificates: [older], signer: older.signer, ahead: 0, list: {} as CannedResponse };
  const events: CertificatesEvent[] = [];
  const now = () => Date.now() + state.ahead;
  const timestamp = () => Math.floor(now() / 1000);
  const service = await startService(async (received: Received, response) => {
    const fetching = received.url === CERTIFICATES_PATH;
    const rows = state.certificates.map(({ pem }, at) => ({ pem, nonce: `nonce${at}-12345` }));
    const body = writeCertificates(rows, API_V3_KEY);
    await respond(response, received, {
      timestamp: timestamp(),
      signer: state.signer,
      ...(fetching && { body, ...state.list }),
    });
  });
  const client = createClient(
    optionsFor(service, {
      wechatPayPublicKeys: undefined,
      apiV3Key: API_V3_KEY,
      effects: { now, sleep: async () => {} },
      hooks: { onCertificates: (event) => events.push(event) },
      ...more,
    }),
  );
  const fetches = () => service.received.filter(({ url }) => url === CERTIFICATES_PATH);
  return { state, client, service, events, fetches };
}

describe('certificates fetched by the client (contract 11.1)', () => {
  test('once, before anything else, signed over an empty body', async () => {
    const { client, service, fetches, events } = await certificateMode();
    const uploads = await Promise.all([1, 2, 3].map(() => client.uploadImage(png())));
    expect(uploads).toHaveLength(3);
    expect(fetches()).toHaveLength(1);
    expect(service.received[0]).toMatchObject({ method: 'GET', url: CERTIFICATES_PATH, signed: true });
    expect(service.received[0]?.body).toHaveLength(0);
    expect(service.received[1]?.headers['wechatpay-serial']).toBe(older.serialNo);
    expect(events).toEqual([{ serialNos: [older.serialNo], error: undefined }]);
  });

  test('again after twelve hours, while calls continue with the old ones', async () => {
    const { client, state, fetches, service, events } = await certificateMode();
    await client.uploadImage(png());
    state.certificates = [newer, older];
    state.ahead = 12 * HOUR - 60_000;
    await client.uploadImage(png());
    expect(fetches()).toHaveLength(1);
    state.ahead = 12 * HOUR + 60_000;
    await client.uploadImage(png());
    await expect.poll(() => events.length, PATIENT).toBe(2);
    await client.uploadImage(png());
    expect(service.received.at(-1)?.headers['wechatpay-serial']).toBe(newer.serialNo);
  });

  test('again when a response names an unknown one', async () => {
    const { client, state, fetches } = await certificateMode();
    await client.uploadImage(png());
    Object.assign(state, { certificates: [newer], signer: newer.signer, ahead: 61_000 });
    const uploads = await Promise.all(Array.from({ length: 20 }, () => client.uploadImage(png())));
    expect(uploads.every(({ imageUrl }) => imageUrl === IMAGE_URL)).toBe(true);
    expect(fetches()).toHaveLength(2);
  });

  test('not more than once a minute for invented serials', async () => {
    const { client, state, fetches } = await certificateMode();
    await client.uploadImage(png());
    state.signer = createSigner(serial(9), second.privateKey);
    state.list = { signer: older.signer };
    for (const ahead of [0, 59_000, 61_000, 62_000]) {
      state.ahead = ahead;
      await expect(client.uploadImage(png())).rejects.toMatchObject({
        code: 'RESPONSE_FORGED',
        fault: 'unknownKey',
      });
    }
    expect(fetches()).toHaveLength(2);
  });

  test('given ones are used until then', async () => {
    const { client, service, fetches } = await certificateMode({ wechatPayCertificates: [older.pem] });
    await client.uploadImage(png());
    await expect.poll(() => fetches().length, PATIENT).toBe(1);
    const [upload] = service.received.filter(({ url }) => url !== CERTIFICATES_PATH);
    expect(upload?.headers['wechatpay-serial']).toBe(older.serialNo);
  });

  test('a failure to renew them is reported and changes nothing', async () => {
    const { client, state, events } = await certificateMode();
    await client.uploadImage(png());
    Object.assign(state, { ahead: 13 * HOUR, list: refusal(500, 'SYSTEM_ERROR') });
    expect(await client.uploadImage(png())).toMatchObject({ imageUrl: IMAGE_URL });
    await expect.poll(() => events.length, PATIENT).toBe(2);
    expect(events[1]).toMatchObject({ serialNos: [], error: { code: 'SYSTEM_ERROR' } });
  });

  test.each([
    ['refused', refusal(403, 'NO_AUTH', { signer: false }), { code: 'NO_AUTH', verified: false }],
    ['unsigned', { signer: false }, { code: 'RESPONSE_FORGED', fault: 'unsigned' }],
    ['signed by none of them', { signer: newer.signer }, { code: 'RESPONSE_FORGED', fault: 'unknownKey' }],
    ['forged', { signer: createSigner(older.serialNo, second.privateKey) }, { code: 'RESPONSE_FORGED' }],
    ['stale', { timestamp: 1_700_000_000 }, { code: 'RESPONSE_FORGED', fault: 'stale' }],
    ['of another form', { body: '{"data":[]}' }, { code: 'RESPONSE_MALFORMED' }],
  ] satisfies [string, CannedResponse, object][])(
    'are not taken where the list is %s',
    async (_, list, expected) => {
      const { client, state, service } = await certificateMode();
      state.list = list;
      await expect(client.uploadImage(png())).rejects.toMatchObject(expected);
      expect(service.received.every(({ url }) => url === CERTIFICATES_PATH)).toBe(true);
    },
  );

  test('another APIv3 key is named as what is wrong', async () => {
    const { client } = await certificateMode({ apiV3Key: 'x'.repeat(32) });
    await expect(client.uploadImage(png())).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      option: 'apiV3Key',
    });
  });

  test('are not fetched where there is a public key', async () => {
    const service = await startService();
    await createClient(optionsFor(service, { apiV3Key: API_V3_KEY })).uploadImage(png());
    expect(service.received).toHaveLength(1);
  });
});
