import { describe, expect, it } from 'vitest';
import {
  CERTIFICATES_PATH,
  createSigner,
  encryptResource,
  loadPrivateKey,
  openCertificates,
  readCertificates,
  signResponse,
  writeCertificates,
} from '../dist/index.js';
import { readText, readVectors } from './vectors.js';

interface ResponseVector {
  api_v3_key: string;
  headers: Record<string, string>;
  body: string;
}

const [vector] = readVectors<[ResponseVector]>('certificates-response.json');
const apiV3Key = vector.api_v3_key;
const platformPem = readText('keys/platform.cert.pem');
const merchantPem = readText('keys/merchant.cert.pem');
const serialNo = '7132D72A03E93CDDF8C03BBD1F37EEDF5A3C0F4B';
const now = 1795424400;

function received(body: string, headers: object) {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { header: (name: string) => byName.get(name), body };
}

const faultOf = (fault: string) => expect.objectContaining({ code: 'UNTRUSTED_MESSAGE', fault });

describe('the list of platform certificates (contract 11.1)', () => {
  it('is fetched from its path', () => {
    expect(CERTIFICATES_PATH).toBe('/v3/certificates');
  });

  it('is opened, and the certificate in it has signed it', async () => {
    const certificates = await openCertificates(received(vector.body, vector.headers), apiV3Key, now);
    expect(certificates).toMatchObject([{ serialNo, pem: platformPem, commonName: 'Tenpay.com sign' }]);
  });

  it.each([
    ['unsigned', received(vector.body, {}), now],
    ['stale', received(vector.body, vector.headers), now - 300],
    ['signatureWrong', received(`${vector.body} `, vector.headers), now],
  ])('is not believed: %s', async (fault, response, clock) => {
    await expect(openCertificates(response, apiV3Key, clock)).rejects.toMatchObject({ fault });
  });

  it('is not believed when a certificate signed it that is not in it', async () => {
    const body = writeCertificates([{ pem: platformPem, nonce: '0123456789ab' }], apiV3Key);
    const signer = createSigner(
      '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      loadPrivateKey(readText('keys/merchant.key.pem')),
    );
    const headers = await signResponse({ scheme: 'merchant', signer, timestamp: now, nonce: 'n', body });
    await expect(openCertificates(received(body, headers), apiV3Key, now)).rejects.toMatchObject({
      fault: 'unknownKey',
    });
  });

  it('is read as it was written', () => {
    const written = writeCertificates(
      [
        { pem: platformPem, nonce: 'd215b0511e9c' },
        { pem: merchantPem, nonce: 'd215b0511e9d' },
      ],
      apiV3Key,
    );
    expect(JSON.parse(written).data).toEqual([
      JSON.parse(vector.body).data[0],
      {
        serial_no: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        effective_time: '2026-11-23T16:59:14+08:00',
        expire_time: '2126-10-30T16:59:14+08:00',
        encrypt_certificate: expect.objectContaining({
          associated_data: 'certificate',
          nonce: 'd215b0511e9d',
        }),
      },
    ]);
    const read = readCertificates(Buffer.from(written), apiV3Key);
    expect(read.map(({ pem }) => pem)).toEqual([platformPem, merchantPem]);
  });

  it('takes a serial in lower case', () => {
    expect(readCertificates(vector.body.replace(serialNo, serialNo.toLowerCase()), apiV3Key)).toHaveLength(1);
  });

  it('is undecipherable with another APIv3 key', () => {
    expect(() => readCertificates(vector.body, 'f'.repeat(32))).toThrow(faultOf('undecipherable'));
  });

  const holding = (pem: string) =>
    JSON.stringify({
      data: [
        {
          serial_no: serialNo,
          encrypt_certificate: encryptResource(pem, {
            apiV3Key,
            nonce: '0123456789ab',
            associatedData: 'certificate',
          }),
        },
      ],
    });

  it.each([
    ['malformed', 'no JSON'],
    ['malformed', 'null'],
    ['malformed', '{}'],
    ['malformed', '{"data":{}}'],
    ['malformed', '{"data":[]}'],
    ['undecipherable', '{"data":[null]}'],
    ['undecipherable', '{"data":[1]}'],
    ['undecipherable', '{"data":[{"serial_no":"1"}]}'],
    ['malformed', holding('no certificate')],
    ['malformed', holding(merchantPem)],
  ])('is %s: %s', (fault, body) => {
    expect(() => readCertificates(body, apiV3Key)).toThrow(faultOf(fault));
  });
});
