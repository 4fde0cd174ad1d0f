import type { Language, Text } from '@coupon-media/apiv3';
import type { Status } from '../upload/row.js';

/** What a manifest says of an image, by the name of the column. Columns that a person added are kept. */
export type ManifestRecord = Readonly<Record<string, unknown>>;

/** The places of a coupon, in the order of the form, each with a column for the URL; there are at most eight details (contract 8.1). */
export const PLACES = [
  'icon',
  'background',
  ...Array.from({ length: 8 }, (_, at) => `detail_${at + 1}`),
] as const;

/** The columns in order, with their heads. The URLs stand last, where a spreadsheet's End key leads. */
const HEADS: Readonly<Record<string, Text>> = {
  file: { en: 'file', 'zh-CN': '文件' },
  status: { en: 'status', 'zh-CN': '状态' },
  slot: { en: 'slot', 'zh-CN': '用途' },
  width: { en: 'width', 'zh-CN': '宽' },
  height: { en: 'height', 'zh-CN': '高' },
  filename: { en: 'filename', 'zh-CN': '上传文件名' },
  bytes: { en: 'bytes', 'zh-CN': '字节数' },
  sha256: { en: 'sha256', 'zh-CN': 'SHA-256' },
  uploaded_at: { en: 'uploaded_at', 'zh-CN': '上传时间' },
  request_id: { en: 'request_id', 'zh-CN': 'Request-ID' },
  changes: { en: 'changes', 'zh-CN': '改动' },
  files: { en: 'files', 'zh-CN': '文件数' },
  code: { en: 'code', 'zh-CN': '错误码' },
  reason: { en: 'reason', 'zh-CN': '原因' },
  remedy: { en: 'remedy', 'zh-CN': '处理方法' },
  icon: { en: 'icon', 'zh-CN': '图标' },
  background: { en: 'background', 'zh-CN': '背景图' },
  ...Object.fromEntries(
    PLACES.filter((place) => place.startsWith('detail')).map((place) => [
      place,
      { en: place.replace('_', ' '), 'zh-CN': place.replace('detail_', '详情图') },
    ]),
  ),
  image_url: { en: 'image_url', 'zh-CN': '图片 URL' },
};

export const COLUMNS: readonly string[] = Object.keys(HEADS);

/** Values that have a Chinese word. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: {
    uploaded: '已上传',
    known: '此前已上传',
    same: '与另一张相同',
    ready: '将发送',
    'needs-prepare': '需要 --prepare',
    failed: '失败',
    untried: '未处理',
    'left-out': '已跳过',
  } satisfies Record<Status, string>,
  slot: { icon: '图标', background: '背景图', detail: '详情图' },
};

/** @returns the head of a column in a language; that of a column of a person is its name */
export function headOf(column: string, language: Language): string {
  return HEADS[column]?.[language] ?? column;
}

/** @returns the column with this head, in any language */
export function columnOf(head: string): string {
  const bare = head.trim();
  return COLUMNS.find((column) => Object.values(HEADS[column] ?? {}).includes(bare)) ?? bare;
}

/** @returns the value in a language */
export function shownValue(column: string, value: string, language: Language): string {
  return (language === 'zh-CN' && VALUES[column]?.[value]) || value;
}

/** @returns the value as programs know it, from that of any language */
export function plainValue(column: string, shown: string): string {
  return Object.entries(VALUES[column] ?? {}).find(([, word]) => word === shown)?.[0] ?? shown;
}
