/** What a notification of one type consists of, beside what is the same in all. */
export interface NotificationEvent {
  readonly summary: string;
  /** The kind of the encrypted resource. */
  readonly originalType: string;
  readonly associatedData: string;
  /** @returns an example of what is encrypted. @param time RFC 3339 */
  resource(time: string): object;
}

/** The event of notifications unless another one is named: a user has received a product coupon. */
export const DEFAULT_EVENT = 'PRODUCT_COUPON_SP.SEND';

/**
 * Types of events, with the fields that the published pages and the models of SDKs give them:
 * https://pay.weixin.qq.com/doc/v3/partner/4016435717 (a product coupon of a service provider),
 * https://pay.weixin.qq.com/doc/brand/4015736293 (of a brand) and https://pay.weixin.qq.com/doc/v3/partner/4015124358 (a payment).
 */
const EVENTS: Readonly<Record<string, NotificationEvent>> = {
  [DEFAULT_EVENT]: {
    summary: '商品券领券通知',
    originalType: 'coupon',
    associatedData: 'product_coupon_sp',
    resource: (time) => ({ brand_id: '120344', ...receivedCoupon(time) }),
  },
  'PRODUCT_COUPON.SEND': {
    summary: '商品券领券通知',
    originalType: 'product_coupon',
    associatedData: 'product_coupon',
    resource: receivedCoupon,
  },
  'TRANSACTION.SUCCESS': {
    summary: '支付成功',
    originalType: 'transaction',
    associatedData: 'transaction',
    resource: (time) => ({
      ...{ appid: 'wx1234567890abcdef', mchid: '1900000001', out_trade_no: 'order-1' },
      ...{ transaction_id: '4200000000202611280000000001', trade_type: 'JSAPI', trade_state: 'SUCCESS' },
      ...{ trade_state_desc: '支付成功', bank_type: 'OTHERS', attach: '', success_time: time },
      payer: { openid: OPENID },
      amount: { total: 100, payer_total: 100, currency: 'CNY', payer_currency: 'CNY' },
    }),
  },
};

/** @returns the row of the table, or one with an empty resource for any other type */
export function eventOf(type: string): NotificationEvent {
  const kind = type.split('.', 1)[0]?.toLowerCase() ?? '';
  return (
    (Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined) ?? {
      ...{ summary: type, originalType: kind, associatedData: kind },
      resource: () => ({}),
    }
  );
}

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

function receivedCoupon(time: string): object {
  return {
    ...{ product_coupon_id: '1000000001', stock_id: '10000000011', coupon_code: 'Code_123456' },
    ...{ appid: 'wx1234567890abcdef', openid: OPENID, receive_time: time, send_channel: 'API' },
    ...{ send_request_no: 'send-1', valid_begin_time: time, valid_end_time: time },
  };
}
