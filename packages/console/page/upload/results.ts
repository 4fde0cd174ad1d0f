import type { Language } from '@coupon-media/apiv3';
import type { SlotName } from '@coupon-media/prepare';
import { SLOTS } from '../messages/upload.js';
import { MOST_DETAILS } from '../parts/coupon.js';
import { writeCsv } from './csv.js';

/** An image that has its URL. */
export interface Result {
  readonly path: string;
  readonly slot: SlotName;
  /** The name of its coupon; empty without one. */
  readonly coupon: string;
  readonly url: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The part of a coupon that names its images, as the API of coupons wants it. A slot without an image is left out.
 *
 * @param results of one coupon, in the order of its details
 * @returns JSON, and whether the results have more images than a coupon
 */
export function couponJson(results: readonly Result[]): { readonly json: string; readonly isCut: boolean } {
  const of = (slot: SlotName) => results.filter((result) => result.slot === slot).map(({ url }) => url);
  const [icons, backgrounds, details] = [of('icon'), of('background'), of('detail')];
  const display = {
    ...(icons[0] !== undefined && { image_url: icons[0] }),
    ...(backgrounds[0] !== undefined && { background_url: backgrounds[0] }),
    ...(details.length > 0 && { detail_image_url_list: details.slice(0, MOST_DETAILS) }),
  };
  return {
    json: JSON.stringify({ display_info: display }, undefined, 2),
    isCut: icons.length > 1 || backgrounds.length > 1 || details.length > MOST_DETAILS,
  };
}

export function resultsJson(results: readonly Result[]): string {
  const rows = results.map(({ path: file, coupon, url: image_url, ...rest }) => ({
    file,
    ...(coupon !== '' && { coupon }),
    ...rest,
    image_url,
  }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/** With the heads of the command line's manifest, and the coupon where one is named. */
export function resultsCsv(results: readonly Result[], language: Language): string {
  const isNamed = results.some(({ coupon }) => coupon !== '');
  const coupon = (name: string) => (isNamed ? [name] : []);
  const [file = '', ...heads] = HEADS[language];
  return writeCsv([
    [file, ...coupon(COUPON[language]), ...heads],
    ...results.map((result) => [
      result.path,
      ...coupon(result.coupon),
      SLOTS[result.slot][language],
      result.width,
      result.height,
      result.sha256,
      result.url,
    ]),
  ]);
}

const HEADS: Readonly<Record<Language, readonly string[]>> = {
  'zh-CN': ['文件', '用途', '宽', '高', 'SHA-256', '图片 URL'],
  en: ['file', 'slot', 'width', 'height', 'sha256', 'image_url'],
};
const COUPON: Readonly<Record<Language, string>> = { 'zh-CN': '商品券', en: 'coupon' };
