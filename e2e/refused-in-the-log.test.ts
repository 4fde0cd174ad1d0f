import { openEmbeddedMerchants } from '@coupon-media/server';
import { expect, test } from 'vitest';
import { send, signedUpload, type UploadShape } from './support/exchange.js';
import { testService } from './support/service.js';

test('a line about an unknown or revoked certificate names the merchant and the serial that the request claims', async () => {
  const { credentials, log, folder } = await testService();
  const { mchid, certificateSerialNo: serialNo } = credentials;
  const refused = async (shape: UploadShape, refusal: string) => {
    log.length = 0;
    expect(await send(credentials, await signedUpload(credentials, shape))).toMatchObject({ status: 401 });
    const [line] = log.map((text) => JSON.parse(text)).filter(({ msg }) => msg === 'upload');
    expect(line).toMatchObject({ refusal });
    return line;
  };
  const unknown = await refused({ serialNo: 'abcdef0123456789' }, 'certificateUnknown');
  expect(unknown).toMatchObject({ claimed: { id: mchid, serialNo: 'ABCDEF0123456789' } });
  expect(unknown).not.toHaveProperty('merchant');
  expect(await refused({ mchid: '1900000999' }, 'certificateUnknown')).toMatchObject({
    claimed: { id: '1900000999', serialNo },
  });
  expect(await refused({ skew: -3600 }, 'timestampSkewed')).toMatchObject({
    claimed: { id: mchid, serialNo },
  });
  // An APIv3 key in place of the mchid is not repeated.
  const apiV3Key = 'b4f1c1a0d3e24f7f9a4c5e6d7f8091a2';
  expect(JSON.stringify(await refused({ mchid: apiV3Key }, 'certificateUnknown'))).not.toContain(apiV3Key);

  const records = await openEmbeddedMerchants({ folder });
  await records.revokeCertificate(mchid, serialNo, Math.floor(Date.now() / 1000));
  await records.close();
  await expect
    .poll(() => refused({}, 'certificateRevoked').catch(() => undefined), { timeout: 10_000 })
    .toMatchObject({ claimed: { id: mchid, serialNo } });
});
