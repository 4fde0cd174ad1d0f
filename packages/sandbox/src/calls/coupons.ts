import { filled, type Text } from '@coupon-media/apiv3';
import { isObject } from '../run/reader.js';
import { type GivenImages, imageUrlsIn } from './coupon-images.js';
import { RefusedCall } from './refused-call.js';
import type { CallResponse, ReceivedCall, ResponseRule } from './rule.js';

/** Creates product coupons, so that the last step after an upload can be tried. */
export interface Coupons {
  /** The rules that respond, one for each kind of caller. */
  readonly rules: readonly ResponseRule[];
  /** Forgets the coupons, and begins to number them again. */
  clear(): void;
}

/**
 * Creates product coupons as the published page says (https://pay.weixin.qq.com/doc/v3/partner/4016434630, and for brands
 * https://pay.weixin.qq.com/doc/brand/4015736297). What belongs to an upload is checked: that each image URL is one that an upload
 * gave, and `out_request_no`, by which a repeated request creates no second coupon. Amounts, periods and stocks are not.
 */
export function createCoupons(images: GivenImages): Coupons {
  const created = new Map<string, Created>();
  let count = 0;

  async function create({ caller, body }: ReceivedCall): Promise<CallResponse> {
    const coupon = couponIn(body);
    await checkImages(coupon, images);
    const { out_request_no, ...asked } = coupon;
    const key = `${caller} ${String(out_request_no)}`;
    const before = created.get(key);
    const content = textOf(asked);
    if (before && before.content !== content)
      throw new RefusedCall(400, 'INVALID_REQUEST', TEXTS.reused, { field: '/body/out_request_no' });
    if (before) return { jsonBody: before.response };
    count += 1;
    const response = responseTo(asked, String(FIRST_ID + count));
    created.set(key, { content, response });
    const [oldest] = created.keys();
    if (created.size > KEPT && oldest !== undefined) created.delete(oldest);
    return { jsonBody: response };
  }

  return {
    rules: PATHS.map((urlPath) => ({
      ...{ name: 'create a product coupon', request: { method: 'POST', urlPath }, response: create },
    })),
    clear() {
      created.clear();
      count = 0;
    },
  };
}

const PATHS = [
  '/v3/marketing/partner/product-coupon/product-coupons',
  '/brand/marketing/product-coupon/product-coupons',
];

interface Created {
  /** What was asked for, to recognise a repetition. */
  readonly content: string;
  readonly response: object;
}

const FIRST_ID = 1_000_000_000;

/** Coupons whose requests are recognised when they are repeated. */
const KEPT = 10_000;

/** @throws RefusedCall if a field breaks its own rule */
function couponIn(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw refused('/body', TEXTS.object);
  const { out_request_no, display_info } = body;
  if (typeof out_request_no !== 'string' || !/^[\w-]{6,40}$/.test(out_request_no))
    throw refused('/body/out_request_no', TEXTS.requestNo, out_request_no);
  if (!isObject(display_info)) throw refused('/body/display_info', TEXTS.object);
  const { image_url, detail_image_url_list: details = [] } = display_info;
  if (image_url === undefined) throw refused('/body/display_info/image_url', TEXTS.required);
  if (!Array.isArray(details) || details.length > DETAILS)
    throw refused('/body/display_info/detail_image_url_list', filled(TEXTS.details, { most: DETAILS }));
  return body;
}

/** @throws RefusedCall if it is nested too deeply for its response */
function textOf(asked: object): string {
  try {
    return JSON.stringify(asked);
  } catch {
    throw refused('/body', TEXTS.deep);
  }
}

/** Detail images of a coupon (contract 8.1). */
const DETAILS = 8;

async function checkImages(coupon: Record<string, unknown>, images: GivenImages): Promise<void> {
  const faults: { field: string; value: unknown; fault: Text }[] = [];
  for (const { field, value } of imageUrlsIn(coupon, '/body')) {
    const fault = await images.faultOf(value);
    if (fault) faults.push({ field, value, fault });
  }
  const [first] = faults;
  if (!first) return;
  const fields = faults.map(({ field }) => field).join(', ');
  const { field, value, fault } = first;
  throw refused(field, filled(TEXTS.notGiven, { fields, fault }), value);
}

function refused(field: string, text: Text, value?: unknown): RefusedCall {
  const detail = { field, ...(typeof value === 'string' && { value: value.slice(0, 256) }), issue: text.en };
  return new RefusedCall(400, 'PARAM_ERROR', filled(TEXTS.field, { field, text }), {
    ...detail,
    location: 'body',
  });
}

/** A coupon as the page's response has it: what was asked for, with the ids and states that the service adds. */
function responseTo(asked: Record<string, unknown>, id: string): object {
  const { stock } = asked;
  return {
    ...asked,
    ...{ product_coupon_id: id, state: 'EFFECTIVE' },
    ...(isObject(stock) && {
      stock: { ...stock, product_coupon_id: id, stock_id: `${id}1`, state: 'SENDING' },
    }),
  };
}

const TEXTS = {
  field: { en: '{field} {text}', 'zh-CN': '参数“{field}”{text}' },
  object: { en: 'must be a JSON object', 'zh-CN': '应为 JSON 对象' },
  deep: { en: 'is nested too deeply', 'zh-CN': '嵌套层数过多' },
  required: { en: 'is required', 'zh-CN': '为必填项' },
  requestNo: {
    en: 'is required: 6 to 40 letters, digits, _ and -',
    'zh-CN': '为必填项，由 6 到 40 个数字、字母、_ 或 - 组成',
  },
  details: { en: 'must be a list of at most {most} URLs', 'zh-CN': '应为最多 {most} 个 URL 的列表' },
  notGiven: {
    en: 'must be a URL that an upload to this sandbox gave: {fault}. Wrong: {fields}',
    'zh-CN': '仅支持由本沙箱图片上传接口返回的 URL：{fault}。有误的参数：{fields}',
  },
  reused: {
    en: 'This out_request_no created a coupon with other parameters before',
    'zh-CN': '请求单号已用于创建参数不同的商品券',
  },
} as const satisfies Record<string, Text>;
