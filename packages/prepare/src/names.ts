import type { Text } from '@coupon-media/apiv3';

/** Gives a list of kinds of metadata, as facts and changes name them, in both languages. */
export function metadataText(names: string): Text {
  const words = names.split(', ');
  return { 'zh-CN': words.map((name) => METADATA.get(name) ?? name).join('、'), en: names };
}

/** Gives the name of colours in both languages. The names of profiles and standards are the same in both. */
export function colourText(name: string): Text {
  return { 'zh-CN': COLOURS.get(name) ?? name, en: name };
}

/** EXIF, XMP, IPTC, C2PA and the segments and chunks without a name of their own are the same in both languages. */
const METADATA: ReadonlyMap<string, string> = new Map([
  ['text', '文字'],
  ['time', '时间'],
  ['comment', '注释'],
  ['thumbnail', '缩略图'],
  ['further images', '附带的其他图片'],
  ['animation', '动画帧'],
  ['data after the end', '图像结尾之后的数据'],
  ['stray bytes', '段之间的多余字节'],
  ['unknown parts', '无法识别的内容'],
]);

const COLOURS: ReadonlyMap<string, string> = new Map([
  ['grey', '灰度'],
  ['linear sRGB', '线性 sRGB'],
  ['sRGB, limited range', 'sRGB（有限范围）'],
  ['gAMA', 'gAMA（伽马）'],
  ['gAMA, cHRM', 'gAMA、cHRM（伽马、三基色）'],
  ['gamma 2.2', '伽马 2.2'],
]);
