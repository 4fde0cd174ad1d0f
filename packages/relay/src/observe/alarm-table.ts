import type { Text } from '@coupon-media/apiv3';

/** What is wrong, and what the operator does about it. Placeholders: `{account}`, `{host}`, `{detail}`, `{day}`. */
export interface AlarmRow {
  readonly sentence: Text;
  readonly remedy: Text;
}

/** Every alarm of a relay. Callers never read these sentences: for them it is 500 or 503 in the relay's words. */
export const ALARMS = {
  UPSTREAM_SIGN_ERROR: {
    sentence: {
      en: 'upstream refuses the signature or the certificate of account {account}: {detail}',
      'zh-CN': '微信支付不接受账号 {account} 的签名或证书：{detail}',
    },
    remedy: {
      en: 'run coupon-media doctor with the profile of this account; the private key, its certificate serial and the mchid must belong together, and the clock must be right',
      'zh-CN': '用该账号的配置运行 coupon-media doctor：私钥、证书序列号与商户号须对应，服务器时间须准确',
    },
  },
  UPSTREAM_FORBIDDEN: {
    sentence: {
      en: 'upstream refuses the permission of account {account}: {detail}',
      'zh-CN': '账号 {account} 在微信支付侧没有权限：{detail}',
    },
    remedy: {
      en: 'ask WeChat Pay to enable product coupons for this merchant; callers receive the refusal meanwhile',
      'zh-CN': '请联系微信支付为该商户开通商品券权限；开通之前，调用方会收到该拒绝',
    },
  },
  UPSTREAM_FORGED: {
    sentence: {
      en: 'an answer of {host} for account {account} was not signed by a key that is known: {detail}',
      'zh-CN': '{host} 对账号 {account} 的应答不是由已知密钥签名的：{detail}',
    },
    remedy: {
      en: 'no URL was taken from it. Either something between answers in place of upstream (look at the proxy, DNS and TLS), or upstream has a new key: add its public key or certificate to the account',
      'zh-CN':
        '该应答中的 URL 没有采用。可能有中间设备代替微信支付应答（请检查代理、DNS、TLS），也可能微信支付换了新密钥：请把新的公钥或平台证书加入该账号',
    },
  },
  UPSTREAM_ANSWER: {
    sentence: {
      en: 'an answer of {host} for account {account} is signed, but cannot stand in a coupon: {detail}',
      'zh-CN': '{host} 对账号 {account} 的应答签名有效，但内容不能用于商品券：{detail}',
    },
    remedy: {
      en: 'keep the Request-ID of the audit and ask WeChat Pay; the image is tried again',
      'zh-CN': '请记下审计中的 Request-ID 并联系微信支付；该图片会再次上传',
    },
  },
  UPSTREAM_UNREACHABLE: {
    sentence: {
      en: 'no host of upstream answers for account {account}: {detail}',
      'zh-CN': '账号 {account} 的微信支付主备域名均无应答：{detail}',
    },
    remedy: {
      en: 'check network, DNS and the forward proxy of this machine (coupon-media doctor names the part). What was accepted waits and is uploaded afterwards',
      'zh-CN':
        '请检查本机的网络、DNS 和正向代理（coupon-media doctor 会指出哪一环有问题）。已受理的图片会等待，恢复后自动上传',
    },
  },
  SIGNER_FAILED: {
    sentence: {
      en: 'the signer of account {account} fails: {detail}',
      'zh-CN': '账号 {account} 的签名组件出错：{detail}',
    },
    remedy: {
      en: 'check the token of PKCS#11 or the key service: PIN, session, network. Nothing was sent',
      'zh-CN': '请检查 PKCS#11 令牌或密钥服务：PIN、会话、网络。请求没有发出',
    },
  },
  IMAGE_LOST: {
    sentence: {
      en: 'an image that waits for account {account} is not in the store as it arrived: {detail}',
      'zh-CN': '账号 {account} 等待上传的一张图片在存储中缺失或已损坏：{detail}',
    },
    remedy: {
      en: 'run coupon-media store check, and restore the image from the backup; its caller may also upload it again',
      'zh-CN': '请运行 coupon-media store check，并从备份恢复该图片；也可以由调用方重新上传',
    },
  },
  KEY_EXPIRES: {
    sentence: {
      en: '{detail} of account {account} expires on {day}',
      'zh-CN': '账号 {account} 的{detail}将于 {day} 到期',
    },
    remedy: {
      en: 'get the next certificate from WeChat Pay and add it to the account beside this one; the newer one is used from its first day, without a restart',
      'zh-CN': '请向微信支付申请新证书，与现有证书一同写入该账号；新证书自生效之日起使用，无需重启',
    },
  },
  KEY_EXPIRED: {
    sentence: {
      en: '{detail} of account {account} expired on {day}: upstream refuses everything',
      'zh-CN': '账号 {account} 的{detail}已于 {day} 到期，微信支付会拒绝所有请求',
    },
    remedy: {
      en: 'add a valid certificate to the account; what was accepted waits meanwhile',
      'zh-CN': '请为该账号加入有效证书；在此期间已受理的图片会等待',
    },
  },
  TOKEN_EXPIRES: {
    sentence: {
      en: 'token {detail} of account {account} expires on {day}',
      'zh-CN': '账号 {account} 的令牌 {detail} 将于 {day} 到期',
    },
    remedy: {
      en: 'make another one (coupon-media token create), hand it to the caller, and let this one end',
      'zh-CN': '请新建一个令牌（coupon-media token create）交给调用方，旧令牌到期即失效',
    },
  },
  TOKEN_COMPROMISED: {
    sentence: {
      en: 'token {detail} arrived in clear from {host}: whoever is between may have it',
      'zh-CN': '令牌 {detail} 以明文方式从 {host} 到达，途中可能已泄露',
    },
    remedy: {
      en: 'revoke it (coupon-media token revoke) and make another one; callers elsewhere use https',
      'zh-CN': '请吊销它（coupon-media token revoke）并另建一个；外部调用方须使用 https',
    },
  },
  BACKLOG_OLD: {
    sentence: {
      en: '{detail} images wait for upstream, the oldest since {day}',
      'zh-CN': '有 {detail} 张图片等待上传到微信支付，最早的自 {day} 起等待',
    },
    remedy: {
      en: 'see the other alarms first; if there is none, callers want more than the pace: look at the dashboard (pace, waiting) and ask WeChat Pay for a higher quota',
      'zh-CN':
        '请先看其他告警；如没有，则是调用量超过了上传速率：请看仪表盘（速率、等待数），并向微信支付申请更高的频率',
    },
  },
  AUDIT_LOST: {
    sentence: {
      en: '{detail} entries of the audit were lost while the store was away',
      'zh-CN': '存储不可用期间丢失了 {detail} 条审计记录',
    },
    remedy: {
      en: 'the log has a line for each request; keep the log of this time. Uploads themselves are never lost: their entries are in the commit of their result',
      'zh-CN': '日志中每个请求都有一行，请保留这段时间的日志。上传本身的记录与结果一同提交，不会丢失',
    },
  },
} as const satisfies Readonly<Record<string, AlarmRow>>;

export type AlarmCode = keyof typeof ALARMS;
