import type { Text } from '@coupon-media/apiv3';

/** What became of copying, in every room. */
export const GIVE = {
  copied: { 'zh-CN': '已复制', en: 'Copied' },
  notCopied: {
    'zh-CN': '浏览器不允许复制，请手动选择文本。',
    en: 'The browser does not permit copying: select the text.',
  },
} as const satisfies Record<string, Text>;
