/**
 * The hosts that SDKs have compiled in (contract 1.1). The main one comes first; the others are backups, the last of one official SDK.
 */
export const HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com', 'api2.wechatpay.cn'] as const;

/** Everything of a sandbox listens here. */
export const LOOPBACK = '127.0.0.1';
