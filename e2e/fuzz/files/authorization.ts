import { isDeepStrictEqual } from 'node:util';
import { formatAuthorization, parseAuthorization } from '@coupon-media/apiv3';
import { broken, type Target } from './target.js';

export const authorization: Target = {
  name: 'authorization',
  words: [
    ...[
      'WECHATPAY2-SHA256-RSA2048 ',
      'WECHATPAY-BRAND-SHA256-RSA2048 ',
      'mchid="1900000001"',
      'brand_id="12345678"',
    ],
    ...[
      'nonce_str="0123456789abcdef"',
      'signature="QUJDRA=="',
      'timestamp="1700000000"',
      'serial_no="0123456789ABCDEF"',
    ],
    ...[',', ', ', ' ', '"', '=', '\\"', '\t', '\0', 'x="y"'],
  ],
  read(bytes) {
    const parsed = parseAuthorization(bytes.toString('latin1'));
    if (typeof parsed === 'string') return;
    if (!isDeepStrictEqual(parseAuthorization(formatAuthorization(parsed)), parsed))
      broken('a header that was written says something else');
  },
};
