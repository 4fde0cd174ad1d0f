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
  empty: {
    'zh-CN': '文件为空（0 字节），请重新导出或下载',
    en: 'The file is empty (0 bytes): export it or download it again',
  },
  tooLong: {
    'zh-CN': '{bytes} 字节，超过 {limit} 字节，请先在图片软件中缩小',
    en: '{bytes} bytes, more than {limit}: make it smaller in an image program first',
  },
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
    'zh-CN': '列表最多 {most} 个文件，其余未加入。',
    en: 'The list has room for {most} files; the others were not added.',
  },
  unread: {
    'zh-CN': '{n} 个文件或文件夹无法读取，未加入，请检查权限后重新添加：',
    en: '{n} {n:file or folder|files or folders} could not be read. See whether this is permitted, and add again: ',
  },
  nothing: {
    'zh-CN': '没有可以加入的文件：文件夹是空的，或只有系统文件。',
    en: 'There was no file to add: the folder is empty, or has files of the system alone.',
  },
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
  state: { 'zh-CN': '状态', en: 'State' },
  counts: {
    'zh-CN': '共 {all} 张，已完成 {done}，失败 {failed}',
    en: '{all} in all, {done} done, {failed} failed',
  },
  looking: { 'zh-CN': '检查中…', en: 'Looking…' },
  unseen: {
    'zh-CN': '无法读取：可能是文件夹，或文件已被改动、移走，请重新选择',
    en: 'It cannot be read: it is a folder, or was changed or moved. Choose it again',
  },
  fits: { 'zh-CN': '符合要求', en: 'Fits' },
  willFit: { 'zh-CN': '上传时自动调整：', en: 'Will be made to fit: ' },
  misfits: { 'zh-CN': '不符合：', en: 'Does not fit: ' },
  refused: { 'zh-CN': '不能上传：', en: 'Cannot be uploaded: ' },
  ready: { 'zh-CN': '未上传', en: 'Not uploaded' },
  waiting: { 'zh-CN': '等待中', en: 'Waiting' },
  sending: { 'zh-CN': '已发送 {percent}%', en: '{percent}% sent' },
  heldFor: { 'zh-CN': '{seconds} 秒后自动重试。', en: 'Tried again by itself after {seconds} s.' },
  done: { 'zh-CN': '已上传', en: 'Uploaded' },
  known: { 'zh-CN': '此前已上传', en: 'Was there already' },
  failed: { 'zh-CN': '失败', en: 'Failed' },
  tableHelp: {
    'zh-CN':
      '也可以一起放入 CSV（列：文件、用途、商品券），指定每个文件用于哪张券的哪个位置。不会从网址下载图片。',
    en: 'A CSV beside them (columns file, slot, coupon) says which file is for which place of which coupon. Addresses in it are not fetched.',
  },
  tableFound: {
    'zh-CN': 'CSV：{found} 行已对应到文件。',
    en: 'CSV: {found} {found:row|rows} found their file.',
  },
  tableLacking: {
    'zh-CN': '缺少 {n} 个文件，请继续添加：',
    en: '{n} {n:file is|files are} lacking, to be added: ',
  },
  tableUnclear: {
    'zh-CN': '{n} 行的用途无法识别（应为图标、背景图或详情图），保留原来的选择。',
    en: '{n} {n:row names|rows name} a slot that is none of icon, background, detail: those images keep theirs.',
  },
  tableAddresses: {
    'zh-CN': '{n} 行填的是网址：请先下载文件，再添加到这里。',
    en: '{n} {n:row names an address|rows name addresses}: download such files and add them here.',
  },
  tableUnreadable: {
    'zh-CN': 'CSV 第一行没有“文件”（file）列，未采用。',
    en: 'The first row of the CSV has no column “file”, so it was not used.',
  },
  askedFor: {
    'zh-CN': '列表中有 {n} 个文件需要重新选择：刷新后浏览器不保留图片。重新选择后会按名称自动对应。',
    en: '{n} {n:file|files} of the list must be chosen again: no image is kept when the page is loaded again. Names say which is which.',
  },
  unkept: {
    'zh-CN': '浏览器无法保存列表，刷新后列表会丢失。',
    en: 'The browser does not keep the list: it will be lost if the page is loaded again.',
  },
  missing: { 'zh-CN': '请重新选择此文件', en: 'Choose this file again' },
  show: { 'zh-CN': '显示', en: 'Show' },
  showAll: { 'zh-CN': '全部', en: 'All' },
  more: { 'zh-CN': '再显示（还有 {n} 张）', en: 'Show more ({n} left)' },
  secondsLeft: {
    'zh-CN': '每秒 {rate} 张，约剩 {seconds} 秒',
    en: '{rate} a second, about {seconds} s left',
  },
  minutesLeft: {
    'zh-CN': '每秒 {rate} 张，约剩 {minutes} 分 {seconds} 秒',
    en: '{rate} a second, about {minutes} min {seconds} s left',
  },
  fit: { 'zh-CN': '调整', en: 'Adjust' },
  fitted: { 'zh-CN': '调整（已调整）', en: 'Adjust (adjusted)' },
  fitOf: { 'zh-CN': '调整：{name}', en: 'Adjust {name}' },
  preview: { 'zh-CN': '预览商品券', en: 'Preview the coupon' },
  couponOf: { 'zh-CN': '商品券', en: 'Coupon' },
  withoutCoupon: { 'zh-CN': '（未指定）', en: '(none named)' },
  copyUrl: { 'zh-CN': '复制 URL：{name}', en: 'Copy URL of {name}' },
  copy: { 'zh-CN': '复制 URL', en: 'Copy URL' },
  coupon: { 'zh-CN': '复制商品券 JSON', en: 'Copy the coupon’s JSON' },
  csv: { 'zh-CN': '下载 CSV', en: 'Download CSV' },
  json: { 'zh-CN': '下载 JSON', en: 'Download JSON' },
  tooManyOfSlot: {
    'zh-CN': 'JSON 中图标、背景图各取第一张，详情图取前 {most} 张。',
    en: 'The JSON has the first icon, the first background and the first {most} details.',
  },
} as const satisfies Record<string, Text>;
