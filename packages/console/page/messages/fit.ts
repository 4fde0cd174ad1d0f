import type { Text } from '@coupon-media/apiv3';

/** The dialog in which one image is made to fit by hand. */
export const FIT = {
  title: { 'zh-CN': '调整：{name}', en: 'Make it fit: {name}' },
  how: { 'zh-CN': '适配方式', en: 'How' },
  crop: { 'zh-CN': '裁剪铺满', en: 'Crop' },
  pad: { 'zh-CN': '补边', en: 'Pad' },
  contain: { 'zh-CN': '完整放入（透明）', en: 'Whole, on transparency' },
  zoom: { 'zh-CN': '放大', en: 'Zoom' },
  across: { 'zh-CN': '左右位置', en: 'Left to right' },
  down: { 'zh-CN': '上下位置', en: 'Top to bottom' },
  dragHelp: {
    'zh-CN': '拖动方框选择画面重点；也可用下方滑块（方向键）。比例固定。',
    en: 'Drag the frame to what matters, or use the sliders below with the arrow keys. Its shape is fixed.',
  },
  focus: { 'zh-CN': '图片靠', en: 'The image stands' },
  centre: { 'zh-CN': '居中', en: 'in the middle' },
  top: { 'zh-CN': '上', en: 'at the top' },
  bottom: { 'zh-CN': '下', en: 'at the bottom' },
  left: { 'zh-CN': '左', en: 'at the left' },
  right: { 'zh-CN': '右', en: 'at the right' },
  hasBackground: { 'zh-CN': '填充底色', en: 'Fill the background' },
  background: { 'zh-CN': '底色', en: 'Background colour' },
  guides: { 'zh-CN': '显示 {margin} 像素边距线', en: 'Show the margin of {margin} pixels' },
  compare: { 'zh-CN': '原图 ↔ 调整后', en: 'Before ↔ after' },
  before: { 'zh-CN': '原图', en: 'Before' },
  after: { 'zh-CN': '调整后', en: 'After' },
  working: { 'zh-CN': '处理中…', en: 'Working…' },
  needsServer: {
    'zh-CN': '调整由服务器完成：请先输入访问令牌。',
    en: 'The server makes it fit: enter the token first.',
  },
  bytes: {
    'zh-CN': '{before} 字节 → {after} 字节，{width}×{height}',
    en: '{before} bytes → {after} bytes, {width} × {height}',
  },
  unchanged: { 'zh-CN': '已符合要求，字节不变。', en: 'It fits already: its bytes stay as they are.' },
  changes: { 'zh-CN': '改动', en: 'What changed' },
  use: { 'zh-CN': '用于这张', en: 'Use it for this image' },
  useForAll: {
    'zh-CN': '用于同一用途的全部 {n} 张',
    en: 'Use it for all {n} of this slot',
  },
  allHelp: {
    'zh-CN': '裁剪区域只用于像素尺寸相同的图片，其余只采用适配方式和底色。',
    en: 'The part that was cut goes to images of the same pixels; the others take the way and the colour.',
  },
  reset: { 'zh-CN': '恢复默认', en: 'Back to the default' },
  close: { 'zh-CN': '关闭', en: 'Close' },
} as const satisfies Record<string, Text>;
