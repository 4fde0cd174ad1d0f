import type { SchemeName } from './authorization.js';

/** One upload endpoint: meta `{filename, sha256}` and file, meta signed (contract 7.1). */
export interface UploadEndpoint {
  readonly name: UploadEndpointName;
  readonly path: string;
  readonly scheme: SchemeName;
  /** Whether the merchant must have product coupons enabled (contract 1.5, NO_AUTH). */
  readonly needsProductCoupon: boolean;
  /** Characters that a filename may have. */
  readonly filenameLimit: number;
  /** The response's only field, where the URL or the id stands: it differs among siblings (contract 1.7). */
  readonly responseField: 'image_url' | 'media_url' | 'media_id';
}

export type UploadEndpointName =
  | 'product-coupon'
  | 'brand-product-coupon'
  | 'favor'
  | 'merchant-media'
  | 'merchant-service';

/** One row for each endpoint of this shape, in the order of the contract's table (contract 7.1). */
export const uploadEndpoints: readonly UploadEndpoint[] = [
  {
    name: 'product-coupon',
    path: '/v3/marketing/partner/product-coupon/media/upload-image',
    scheme: 'merchant',
    needsProductCoupon: true,
    filenameLimit: 150,
    responseField: 'image_url',
  },
  {
    name: 'brand-product-coupon',
    path: '/brand/marketing/product-coupon/media/upload-image',
    scheme: 'brand',
    needsProductCoupon: true,
    filenameLimit: 150,
    responseField: 'image_url',
  },
  {
    name: 'favor',
    path: '/v3/marketing/favor/media/image-upload',
    scheme: 'merchant',
    needsProductCoupon: false,
    filenameLimit: 128,
    responseField: 'media_url',
  },
  {
    name: 'merchant-media',
    path: '/v3/merchant/media/upload',
    scheme: 'merchant',
    needsProductCoupon: false,
    filenameLimit: 128,
    responseField: 'media_id',
  },
  {
    name: 'merchant-service',
    path: '/v3/merchant-service/images/upload',
    scheme: 'merchant',
    needsProductCoupon: false,
    filenameLimit: 128,
    responseField: 'media_id',
  },
];

/**
 * @throws TypeError if the name is not in the table
 * @example
 * ```ts
 * import { uploadEndpoint } from '@coupon-media/apiv3';
 *
 * console.log(uploadEndpoint('merchant-media').path); // '/v3/merchant/media/upload'
 * ```
 */
export function uploadEndpoint(name: UploadEndpointName): UploadEndpoint {
  const endpoint = uploadEndpoints.find((row) => row.name === name);
  if (!endpoint) {
    throw new TypeError(
      `no endpoint "${name}"; there are ${uploadEndpoints.map((row) => row.name).join(', ')}`,
    );
  }
  return endpoint;
}

/** Bytes that an image may have: the "2M" of the pages is 2,097,152 (contract 5.6). */
export const IMAGE_BYTES_LIMIT = 2_097_152;

/** The live service's hosts, main first, then the backup (contract 1.1). */
export const hosts = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'] as const;
