import { expect, test } from 'vitest';
import { reasonOf } from '../../dist/s3/errors.js';

/** Faults that cannot be made on one machine without changing where its names lead. */
test.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'COUPON_MEDIA_S3_PATH_STYLE=true'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true, 'COUPON_MEDIA_S3_ENDPOINT must be a name of its certificate'],
  ['EAI_AGAIN', false, 'COUPON_MEDIA_S3_PATH_STYLE=true'],
])('%s, path style %s: the remedy', (code, s3PathStyle, remedy) => {
  const error = Object.assign(new Error(`said: ${code}:\n`), { code });
  const { en } = reasonOf(error, { s3PathStyle });
  // What a library leaves open at the end is not.
  expect(en.startsWith(`said: ${code}: `)).toBe(true);
  expect(en).toContain(remedy);
});
