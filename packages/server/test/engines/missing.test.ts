import { expect, test } from 'vitest';
import { readConfig, startService } from '../../dist/index.js';

test('a cluster without its engines is refused with a remedy and without secrets', async () => {
  const config = readConfig(
    {
      databaseUrl: 'postgres://me:secret-word@127.0.0.1:9/coupons',
      redisUrl: 'redis://:secret-word@127.0.0.1:9',
      s3Bucket: 'coupon-images',
      logLevel: 'silent',
    },
    {},
  );
  const refusal = startService(config);
  await expect(refusal).rejects.toMatchObject({
    name: 'StartError',
    code: 'ENGINES_MISSING',
    message: expect.stringContaining('npm install @coupon-media/cluster'),
  });
  await expect(refusal).rejects.not.toThrow('secret-word');
});
