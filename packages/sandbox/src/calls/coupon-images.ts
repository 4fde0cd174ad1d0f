import { filled, readImagePath, type Text } from '@coupon-media/apiv3';
import type { ImageReader } from '@coupon-media/server';

/** A field of a coupon that should hold the URL of an image. */
export interface ImageField {
  /** `/body/display_info/detail_image_url_list/0` */
  readonly field: string;
  readonly value: unknown;
}

/**
 * Finds the image URLs of a coupon by the names of their fields: icon, background and details, those of the goods of a set
 * (`choice_list`), and the cover of a video. Consumers take only URLs that the upload gave (contract 8.1).
 *
 * @param place the path of the value
 * @param depth how many more levels are searched
 */
export function imageUrlsIn(value: unknown, place: string, depth = 32): ImageField[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = `${place}/${name}`;
    if (!IMAGE_URL.test(name)) return imageUrlsIn(inner, field, depth - 1);
    return Array.isArray(inner)
      ? inner.map((item, at) => ({ field: `${field}/${at}`, value: item }))
      : [{ field, value: inner }];
  });
}

const IMAGE_URL = /(?:^|_)(?:image|background)_url(?:_list)?$/;

/** The images that a sandbox has given URLs. */
export interface GivenImages {
  /** @returns why a value is not the URL of one of them; undefined if it is one */
  faultOf(url: unknown): Promise<Text | undefined>;
}

/** @param publicUrl the beginning of its URLs, without a slash at the end */
export function givenImages(images: Pick<ImageReader, 'read'>, publicUrl: () => string): GivenImages {
  return {
    async faultOf(url) {
      if (typeof url !== 'string') return TEXTS.text;
      const base = `${publicUrl()}/`;
      if (!url.startsWith(base)) return filled(TEXTS.foreign, { base });
      const image = readImagePath(url.slice(base.length));
      const stored = image && (await images.read(image.sha256, image.kind));
      return image && stored?.kind === image.kind ? undefined : TEXTS.unknown;
    },
  };
}

const TEXTS = {
  text: { en: 'it is not a text', 'zh-CN': '不是字符串' },
  foreign: { en: 'its URLs begin with {base}', 'zh-CN': '本沙箱的 URL 以 {base} 开头' },
  unknown: { en: 'no image with this URL was uploaded', 'zh-CN': '没有上传过该 URL 的图片' },
} as const satisfies Record<string, Text>;
