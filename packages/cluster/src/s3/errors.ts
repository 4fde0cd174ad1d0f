import { S3ServiceException } from '@aws-sdk/client-s3';
import { BilingualError, both, errorText, type Text, withoutSecrets } from '@coupon-media/apiv3';
import { EngineError } from '../engine/calls.js';
import { withRemedy } from '../engine/remedy.js';
import type { BucketOptions } from './client.js';

/** Whether the error means that S3 was unavailable. A store that responded, even with a refusal, is available. */
export function isAway(error: unknown): boolean {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    // A store uses 429 and SlowDown (503) to ask for a pause.
    return status >= 500 || status === 429 || status === 408;
  }
  // Without credentials no request was sent, and a mistake in our code is not an outage either.
  return !(
    error instanceof TypeError || ['CredentialsProviderError', 'NoETag'].includes((error as Error).name)
  );
}

/** Handles "no such object" in a catch clause and rethrows everything else. */
export function absent(error: unknown): undefined {
  if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)) throw error;
}

/**
 * Returns the reason of an S3 error in the store's own words, with a remedy if one is known.
 *
 * @param options whether a remedy may be another style of address. Default: no, since the bucket was reached before
 */
export function reasonOf(
  error: unknown,
  options: Pick<BucketOptions, 's3PathStyle'> = { s3PathStyle: true },
): Text {
  if (error instanceof EngineError && error.cause !== undefined) return reasonOf(error.cause, options);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0], options);
  if (error instanceof BilingualError) return error.texts;
  const said = error instanceof S3ServiceException ? both(wordsOf(error)) : errorText(error);
  const hint = HINTS.find(([mark]) => mark(error as Failure, options))?.[1];
  return hint ? withRemedy(said, hint) : said;
}

/** @returns `NotImplemented (501) "Server-side encryption is not supported"` */
function wordsOf({ name, message, $metadata: { httpStatusCode: status } }: S3ServiceException): string {
  const words = withoutSecrets(message.replace(/\s+/g, ' ').trim());
  // The library repeats the code if the store sent no message.
  const isSaid = words !== '' && words !== name && words !== 'UnknownError';
  return `${name} (${status})${isSaid ? ` "${words}"` : ''}`;
}

type Failure = Partial<S3ServiceException & NodeJS.ErrnoException>;
type Mark = (error: Failure, options: Pick<BucketOptions, 's3PathStyle'>) => boolean;

const named =
  (...names: readonly string[]): Mark =>
  ({ name = '', code = '' }) =>
    names.includes(name) || names.includes(code);
const says =
  (words: RegExp): Mark =>
  ({ message = '' }) =>
    words.test(message);

const PATH_STYLE = {
  'zh-CN': '自建存储请设 COUPON_MEDIA_S3_PATH_STYLE=true，存储桶名就不再写进主机名',
  en: "set COUPON_MEDIA_S3_PATH_STYLE=true, so that the bucket is no part of the host's name, as most self-hosted stores require",
};

const REGION = {
  'zh-CN': 'COUPON_MEDIA_S3_REGION 须是该存储桶所在的区域',
  en: 'COUPON_MEDIA_S3_REGION must be the region of this bucket',
};

/** What helps. The first that fits is told. */
const HINTS: readonly (readonly [mark: Mark, hint: Text])[] = [
  [
    (error, options) =>
      !options.s3PathStyle &&
      named('ENOTFOUND', 'EAI_AGAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'NoETag')(error, options),
    PATH_STYLE,
  ],
  [named('AuthorizationHeaderMalformed', 'PermanentRedirect', 'IllegalLocationConstraintException'), REGION],
  [
    named('SignatureDoesNotMatch'),
    { 'zh-CN': 'secret 与 access key 不匹配', en: 'the secret does not belong to the access key' },
  ],
  [named('InvalidAccessKeyId'), { 'zh-CN': '没有这个 access key', en: 'there is no such access key' }],
  [named('NoSuchBucket'), { 'zh-CN': '没有这个存储桶', en: 'there is no such bucket' }],
  [
    named('AccessDenied', 'Forbidden', '403'),
    {
      'zh-CN': '该 access key 没有读、写或列出此存储桶的权限；所需权限见 deploy/s3/policy.json',
      en: 'the access key may not read, write or list this bucket; deploy/s3/policy.json has the rights that it needs',
    },
  ],
  [
    named('RequestTimeTooSkewed'),
    { 'zh-CN': '本机与存储端的时钟不一致', en: 'the clocks of this machine and the store differ' },
  ],
  [says(/region/i), REGION],
  [
    says(/encrypt|\bSSE\b|\bKMS\b/i),
    {
      'zh-CN': '存储端不支持 COUPON_MEDIA_S3_ENCRYPTION 所设的方式；设为 none，或在存储端开启',
      en: 'the store does not encrypt as COUPON_MEDIA_S3_ENCRYPTION asks: set it to none, or switch it on there',
    },
  ],
  [
    (error, options) => named('InternalError')(error, options) || says(/memcache/i)(error, options),
    {
      'zh-CN':
        '存储端自身出错，原因见它的日志；Swift 的 s3api 没有 memcached 时就是这样：请启动它，并让 proxy-server.conf 的 cache 指向它',
      en: "the store itself failed, and its own log says why; Swift's s3api fails so without memcached: start it, and let the cache of proxy-server.conf lead to it",
    },
  ],
  [
    named('CredentialsProviderError'),
    {
      'zh-CN': '请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或 AWS SDK 能找到的其他凭证',
      en: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the role or file that AWS's SDK finds",
    },
  ],
  [
    named('EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'),
    {
      'zh-CN': 'COUPON_MEDIA_S3_ENDPOINT 写了 https，但该端口可能是 http',
      en: 'COUPON_MEDIA_S3_ENDPOINT says https, but this port may speak http',
    },
  ],
  [
    named('ERR_TLS_CERT_ALTNAME_INVALID'),
    {
      'zh-CN': 'COUPON_MEDIA_S3_ENDPOINT 的主机名须是证书中的名称之一',
      en: 'the host of COUPON_MEDIA_S3_ENDPOINT must be a name of its certificate',
    },
  ],
  [
    named(
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ),
    {
      'zh-CN': '请用 NODE_EXTRA_CA_CERTS 给出签发机构的证书文件',
      en: "name the file of its authority's certificate in NODE_EXTRA_CA_CERTS",
    },
  ],
];
