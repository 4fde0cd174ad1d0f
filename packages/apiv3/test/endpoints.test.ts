import { describe, expect, it } from 'vitest';
import { hosts, IMAGE_BYTES_LIMIT, uploadEndpoint, uploadEndpoints } from '../dist/index.js';

describe('the endpoints', () => {
  it('are those of contract 7.1, row by row', () => {
    const rows = uploadEndpoints.map(({ path, scheme, filenameLimit, responseField }) => [
      path,
      scheme,
      filenameLimit,
      responseField,
    ]);
    expect(rows).toEqual([
      ['/v3/marketing/partner/product-coupon/media/upload-image', 'merchant', 150, 'image_url'],
      ['/brand/marketing/product-coupon/media/upload-image', 'brand', 150, 'image_url'],
      ['/v3/marketing/favor/media/image-upload', 'merchant', 128, 'media_url'],
      ['/v3/merchant/media/upload', 'merchant', 128, 'media_id'],
      ['/v3/merchant-service/images/upload', 'merchant', 128, 'media_id'],
    ]);
  });

  it('are found by name', () => {
    for (const endpoint of uploadEndpoints) expect(uploadEndpoint(endpoint.name)).toBe(endpoint);
    expect(() => uploadEndpoint('coupon' as never)).toThrow(
      /no endpoint "coupon"; there are product-coupon, /,
    );
  });

  it('stand on two hosts, and take 2 MiB', () => {
    expect(hosts).toEqual(['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com']);
    expect(IMAGE_BYTES_LIMIT).toBe(2 * 1024 * 1024);
  });
});
