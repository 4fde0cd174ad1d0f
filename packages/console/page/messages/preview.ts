import type { Text } from '@coupon-media/apiv3';

/** A coupon as it may look on a phone, before its addresses are permanent. */
export const PREVIEW = {
  title: { 'zh-CN': '预览：{name}', en: 'Preview: {name}' },
  unnamed: { 'zh-CN': '商品券', en: 'coupon' },
  note: {
    'zh-CN': '示意图，实际显示以微信客户端为准。URL 一旦生成即永久有效，请先确认裁剪是否正确。',
    en: 'A sketch: the app may show it otherwise. An address is permanent once it is made, so look at the crops first.',
  },
  light: { 'zh-CN': '浅色', en: 'Light' },
  dark: { 'zh-CN': '深色', en: 'Dark' },
  card: { 'zh-CN': '券卡片', en: 'Card' },
  detail: { 'zh-CN': '详情页', en: 'Detail page' },
  shop: { 'zh-CN': '商家名称', en: 'Name of the shop' },
  term: { 'zh-CN': '有效期至 2026-12-31', en: 'Valid until 31 December 2026' },
  use: { 'zh-CN': '去使用', en: 'Use' },
  details: { 'zh-CN': '商品详情', en: 'Details' },
  noImage: { 'zh-CN': '（没有{slot}）', en: '(no {slot})' },
  notHere: {
    'zh-CN': '{name}：本页没有文件，无法预览；重新选择该文件即可。',
    en: '{name}: its file is not in this page. Choose it again to see it.',
  },
  wrong: { 'zh-CN': '{name}：{why}', en: '{name}: {why}' },
  more: {
    'zh-CN': '图标和背景图各取第一张，详情图取前 {most} 张。',
    en: 'The first icon, the first background and the first {most} details are shown.',
  },
  working: { 'zh-CN': '处理中…', en: 'Working…' },
  exported: { 'zh-CN': '导出给审批人（HTML）', en: 'Export for approval (HTML)' },
  files: { 'zh-CN': '图片清单', en: 'Images' },
  close: { 'zh-CN': '关闭', en: 'Close' },
} as const satisfies Record<string, Text>;
