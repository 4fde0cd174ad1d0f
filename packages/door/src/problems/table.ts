import type { Text } from '@coupon-media/apiv3';

/** One kind of problem: the status, and its title in both languages. */
export interface ProblemRow {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 501 | 502 | 503;
  readonly title: Text;
}

/** Every problem that the door answers with. */
export const PROBLEMS = {
  'token-missing': row(401, '缺少访问令牌', 'A token is needed'),
  'token-wrong': row(401, '访问令牌无效', 'The token is not valid'),
  'token-revoked': row(401, '访问令牌已吊销', 'The token was revoked'),
  'token-expired': row(401, '访问令牌已过期', 'The token has expired'),
  'session-over': row(401, '登录已结束', 'The session is over'),
  'token-in-url': row(400, '访问令牌不能放在 URL 中', 'A token must not stand in a URL'),
  'token-in-clear': row(403, '访问令牌以明文传输', 'The token came in clear text'),
  'scope-missing': row(403, '访问令牌的权限范围不足', 'The token lacks the scope'),
  'account-unknown': row(403, '访问令牌的账户不可用', 'The account of the token is not known'),
  'endpoint-unavailable': row(403, '账户未配置该接口', 'The account does not have this endpoint'),
  'failures-too-many': row(429, '认证失败次数过多', 'Too many failed tokens'),
  'rate-exceeded': row(429, '超过令牌的频率限制', 'The quota of the token is used up'),
  'service-busy': row(429, '服务繁忙', 'The service is busy'),
  'host-unknown': row(403, 'Host 不在允许的名称中', 'The Host is not one of the allowed names'),
  'origin-foreign': row(403, '不接受其他网站的页面发来的请求', 'Pages of other origins are refused'),
  'not-found': row(404, '没有该资源', 'There is no such resource'),
  'parameter-invalid': row(400, '参数不正确', 'A parameter is not acceptable'),
  'content-type-unsupported': row(415, '不支持的 Content-Type', 'The Content-Type is not supported'),
  'form-malformed': row(400, '表单格式错误', 'The form is malformed'),
  'body-cut-off': row(400, '请求体不完整', 'The body was cut off'),
  'body-too-large': row(413, '请求体过大', 'The body is too large'),
  'image-refused': row(422, '图片不符合规则', 'The image breaks a rule'),
  'image-unpreparable': row(422, '无法处理该图片', 'The image cannot be prepared'),
  'preparation-unavailable': row(501, '未安装图片处理组件', 'Preparation is not installed'),
  'idempotency-key-reused': row(
    422,
    'Idempotency-Key 已用于其他请求',
    'The Idempotency-Key was used for another request',
  ),
  'callback-refused': row(422, '回调地址不在允许范围内', 'The callback address is not allowed'),
  'upstream-refused-image': row(400, '微信支付拒绝了该图片', 'Upstream refused the image'),
  'upstream-refused-permission': row(
    403,
    '微信支付拒绝了该请求：缺少权限',
    'Upstream refused the permission',
  ),
  'turn-not-reached': row(429, '在期限内未轮到上传', 'The turn did not come within the deadline'),
  'upstream-unavailable': row(503, '暂时无法取得图片 URL', 'The URL cannot be had at the moment'),
  'store-unavailable': row(503, '存储暂时不可用', 'The store is not available'),
  'internal-error': row(500, '系统异常', 'Internal error'),
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

function row<S extends ProblemRow['status']>(status: S, zh: string, en: string): ProblemRow & { status: S } {
  return { status, title: { 'zh-CN': zh, en } };
}
