import { loadCertificate, Refusal, type RefusalName } from '@coupon-media/apiv3';
import { describe, expect, test } from 'vitest';
import type { Merchant, MerchantDirectory } from '../../dist/merchants/index.js';
import { identify } from '../../dist/signed/identify.js';
import type { Trace } from '../../dist/signed/trace.js';
import { CERTIFICATE_PEM, MCHID, NOW, SERIAL_NO, stageServices, uploadHead } from './stages.js';

const { notBefore, notAfter } = loadCertificate(CERTIFICATE_PEM);

describe("identify judges a certificate by the service's clock", () => {
  test.each<[string, number, RefusalName | undefined]>([
    ['a second before it is valid', notBefore - 1, 'certificateUnknown'],
    ['when it becomes valid', notBefore, undefined],
    ['in its last second', notAfter, undefined],
    ['a second later', notAfter + 1, 'certificateExpired'],
  ])('%s', async (_, at, refusal) => {
    const services = await stageServices();
    const head = await uploadHead('{}', { authorization: authorizationAt(at) });
    expect(refusalOf(() => identify(head, { ...services, now: () => at }, trace()))).toBe(refusal);
  });

  test('revoked and expired: reported as revoked', async () => {
    const services = await stageServices();
    const merchants = changed(services.merchants, { revoked: true });
    const head = await uploadHead('{}', { authorization: authorizationAt(notAfter + 1) });
    expect(refusalOf(() => identify(head, { merchants, now: () => notAfter + 1 }, trace()))).toBe(
      'certificateRevoked',
    );
  });
});

test.each(['3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'V1StGXR8_Z5jdHi6BmyT', 'short'])(
  'a nonce_str that no SDK sends is malformed: %s (contract 2.5)',
  async (nonce) => {
    const services = await stageServices();
    const authorization = authorizationAt(NOW).replace('0123456789abcdef', nonce);
    const head = await uploadHead('{}', { authorization });
    expect(refusalOf(() => identify(head, services, trace()))).toBe('authorizationMalformed');
  },
);

describe('identify finds the sender', () => {
  test('by the serial in either case', async () => {
    const services = await stageServices();
    const lower = authorizationAt(NOW).replace(SERIAL_NO, SERIAL_NO.toLowerCase());
    const written = trace();
    const sender = identify(await uploadHead('{}', { authorization: lower }), services, written);
    expect([sender.merchant.id, written.merchant]).toEqual([MCHID, MCHID]);
    expect(sender.certificate.verifier.keyId).toBe(SERIAL_NO);
  });

  test.each([
    [-300, undefined],
    [-301, 'timestampSkewed'],
    [300, undefined],
    [301, 'timestampSkewed'],
  ])('%d seconds from its clock: %s (contract 2.6)', async (skew, refusal) => {
    const services = await stageServices();
    const head = await uploadHead('{}', { authorization: authorizationAt(NOW + skew) });
    expect(refusalOf(() => identify(head, services, trace()))).toBe(refusal);
  });
});

function trace(): Pick<Trace, 'merchant' | 'claimed'> {
  return { merchant: undefined, claimed: undefined };
}

/** Returns an Authorization of this time. `identify` does not verify its signature. */
function authorizationAt(timestamp: number): string {
  return `WECHATPAY2-SHA256-RSA2048 mchid="${MCHID}",nonce_str="0123456789abcdef",signature="AA==",timestamp="${timestamp}",serial_no="${SERIAL_NO}"`;
}

function changed(merchants: MerchantDirectory, change: { revoked: boolean }): MerchantDirectory {
  return {
    ...merchants,
    find(scheme, id) {
      const merchant = merchants.find(scheme, id) as Merchant;
      const certificates = [...merchant.certificates].map(
        ([serial, row]) => [serial, { ...row, ...change }] as const,
      );
      return { ...merchant, certificates: new Map(certificates) };
    },
  };
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.refusal;
    throw error;
  }
}
