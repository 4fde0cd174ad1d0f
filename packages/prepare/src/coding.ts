import type { Text } from '@coupon-media/apiv3';

/** A coding of JPG that libjpeg reads, and that browsers and phones do not show. */
export type UncommonCoding = 'arithmetic' | 'lossless';

/** The names of the codings. */
export const codingNames: Readonly<Record<UncommonCoding, Text>> = {
  arithmetic: { 'zh-CN': '算术编码', en: 'arithmetic coding' },
  lossless: { 'zh-CN': '无损编码', en: 'lossless coding' },
};
