import type { ImageFault, Text } from '@coupon-media/apiv3';
import type { SlotName } from '@coupon-media/prepare';

export const SLOTS: Readonly<Record<SlotName, Text>> = {
  icon: { 'zh-CN': '图标', en: 'Icon' },
  background: { 'zh-CN': '背景图', en: 'Background' },
  detail: { 'zh-CN': '详情图', en: 'Detail' },
};

/** Why a file cannot be uploaded as it is. Preparation makes another kind of it, if it is an image at all. */
export const FAULTS: Readonly<Record<ImageFault, Text>> = {
  imageKindUnknown: { 'zh-CN': '不是 JPG、PNG 或 BMP', en: 'Not a JPG, PNG or BMP' },
  imageHeaderBroken: { 'zh-CN': '文件头已损坏', en: 'Its header is damaged' },
  imageSizeImpossible: {
    'zh-CN': '宽或高为 0 或超过 30000 像素',
    en: 'A side is 0 or more than 30,000 pixels',
  },
  imageColoursImpossible: { 'zh-CN': '颜色类型或位深不合法', en: 'Its colour type or depth cannot be' },
};

/** What does not suit the slot. */
export const MISFITS = {
  bytes: {
    'zh-CN': '{bytes} 字节，超过上限 {limit} 字节',
    en: '{bytes} bytes, more than the limit of {limit}',
  },
  kind: { 'zh-CN': '应为 {wanted}，实际是 {found}', en: 'Should be {wanted}, and is {found}' },
  pixels: {
    'zh-CN': '应为 {wantedWidth}×{wantedHeight}，实际是 {width}×{height}',
    en: 'Should be {wantedWidth} × {wantedHeight}, and is {width} × {height}',
  },
  ratio: { 'zh-CN': '长宽比不同，需要裁剪或补边', en: 'Its shape differs: it has to be cropped or padded' },
  margin: {
    'zh-CN': '四边应各有 {wanted} 像素透明边距，最窄处只有 {found}',
    en: 'Should have {wanted} transparent pixels on every side, and has {found} where it is narrowest',
  },
} as const satisfies Record<string, Text>;

export const UPLOAD = {
  drop: { 'zh-CN': '把图片或文件夹拖到这里，或粘贴', en: 'Drop images or folders here, or paste them' },
  files: { 'zh-CN': '选择图片', en: 'Choose images' },
  folder: { 'zh-CN': '选择文件夹', en: 'Choose a folder' },
  tooMany: {
    'zh-CN': '一次最多 {most} 个文件，其余未加入。',
    en: 'At most {most} files at a time; the others were not added.',
  },
  slot: { 'zh-CN': '用途', en: 'Slot' },
  slotOf: { 'zh-CN': '{name} 的用途', en: 'Slot of {name}' },
  forAll: { 'zh-CN': '新加入的图片用作', en: 'Added images are for' },
  prepare: { 'zh-CN': '自动调整为合适的尺寸和格式', en: 'Make images fit' },
  send: { 'zh-CN': '上传', en: 'Upload' },
  pause: { 'zh-CN': '暂停', en: 'Pause' },
  goOn: { 'zh-CN': '继续', en: 'Go on' },
  cancel: { 'zh-CN': '取消', en: 'Cancel' },
  again: { 'zh-CN': '重试失败的 {n} 张', en: 'Retry the {n} that failed' },
  clear: { 'zh-CN': '清空列表', en: 'Clear the list' },
  remove: { 'zh-CN': '移除 {name}', en: 'Remove {name}' },
  list: { 'zh-CN': '图片', en: 'Images' },
  file: { 'zh-CN': '文件', en: 'File' },
  verdict: { 'zh-CN': '检查结果', en: 'Verdict' },
  state: { 'zh-CN': '状态', en: 'State' },
  counts: {
    'zh-CN': '共 {all} 张，已完成 {done}，失败 {failed}',
    en: '{all} in all, {done} done, {failed} failed',
  },
  looking: { 'zh-CN': '检查中…', en: 'Looking…' },
  unseen: { 'zh-CN': '无法读取', en: 'It cannot be read' },
  fits: { 'zh-CN': '符合要求', en: 'Fits' },
  willFit: { 'zh-CN': '上传时自动调整：', en: 'Will be made to fit: ' },
  misfits: { 'zh-CN': '不符合：', en: 'Does not fit: ' },
  refused: { 'zh-CN': '不能上传：', en: 'Cannot be uploaded: ' },
  ready: { 'zh-CN': '未上传', en: 'Not uploaded' },
  waiting: { 'zh-CN': '等待中', en: 'Waiting' },
  sending: { 'zh-CN': '已发送 {percent}%', en: '{percent}% sent' },
  done: { 'zh-CN': '已上传', en: 'Uploaded' },
  known: { 'zh-CN': '此前已上传', en: 'Was there already' },
  failed: { 'zh-CN': '失败', en: 'Failed' },
  copyUrl: { 'zh-CN': '复制 URL：{name}', en: 'Copy URL of {name}' },
  copy: { 'zh-CN': '复制 URL', en: 'Copy URL' },
  copied: { 'zh-CN': '已复制', en: 'Copied' },
  notCopied: {
    'zh-CN': '浏览器不允许复制，请手动选择文本。',
    en: 'The browser does not permit copying: select the text.',
  },
  coupon: { 'zh-CN': '复制商品券 JSON', en: 'Copy the coupon’s JSON' },
  csv: { 'zh-CN': '下载 CSV', en: 'Download CSV' },
  json: { 'zh-CN': '下载 JSON', en: 'Download JSON' },
  tooManyOfSlot: {
    'zh-CN': '图标、背景图各取第一张，详情图取前 8 张。',
    en: 'It has the first icon, the first background and the first 8 details.',
  },
} as const satisfies Record<string, Text>;
