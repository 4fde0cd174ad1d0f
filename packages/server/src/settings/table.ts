import { tmpdir } from 'node:os';
import type { Text } from '@coupon-media/apiv3';
import {
  bucketName,
  decimalNumber,
  file,
  folder,
  host,
  hostNames,
  imageOrigin,
  type Kind,
  oneOf,
  password,
  secureUrls,
  trueOrFalse,
  urlOf,
  urlOfOneHost,
  wholeNumber,
  word,
} from './kinds.js';

/** The lowest level that is logged. A name of its own, since the compiler lists such a union in an order that changes with other files. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The commands that run a service. */
export type Program = 'serve' | 'relay';

/** One setting of the service. */
export interface Setting {
  /** The name of the environment variable. It contains the unit, because nothing else beside a variable explains it. */
  readonly variable: string;
  /** The option of `coupon-media serve` and `relay`. A secret has none, because other users can read a command line. */
  readonly option?: string;
  readonly kind: Kind<unknown>;
  /** The default as text, as the environment would give it. A setting without a default is optional. */
  readonly default?: string;
  /** Shown instead of a default that differs between machines. */
  readonly defaultMeans?: Text;
  /** Whether a value may contain a password. Such a value is never shown or logged as it is. */
  readonly secret?: true;
  /** Whether only the nodes of a cluster read the setting. */
  readonly cluster?: true;
  /** Whether a cluster needs the setting. */
  readonly required?: true;
  /** The command that reads the setting. Default: both. */
  readonly only?: Program;
  /** One sentence without a full stop. */
  readonly meaning: Text;
}

/** Every setting, in the order in which help shows them. The type of the configuration is inferred from this table. */
export const SETTINGS = {
  data: {
    variable: 'COUPON_MEDIA_DATA',
    option: '--data',
    kind: folder,
    default: '.coupon-media',
    meaning: {
      en: 'folder of images, records, merchants and keys; the option overrides a cluster that the environment names, and a cluster ignores the variable',
      'zh-CN':
        '数据目录，存放图片、上传记录、商户和密钥；用选项指定时，即使环境变量配置了集群也使用该目录；用环境变量指定时，集群模式下不使用',
    },
  },
  host: {
    variable: 'COUPON_MEDIA_HOST',
    option: '--host',
    kind: host,
    default: '127.0.0.1',
    meaning: { en: 'address to listen on', 'zh-CN': '监听地址' },
  },
  port: {
    variable: 'COUPON_MEDIA_PORT',
    option: '--port',
    kind: wholeNumber(0, 65_535),
    default: '8787',
    meaning: {
      en: 'port to listen on; 0 takes any free port, and a port in use is an error',
      'zh-CN': '监听端口；0 表示任意空闲端口，端口被占用时报错',
    },
  },
  publicUrl: {
    variable: 'COUPON_MEDIA_PUBLIC_URL',
    option: '--public-url',
    kind: imageOrigin,
    only: 'serve',
    meaning: {
      en: 'beginning of image URLs; it is kept with the data, and the first stored image fixes it for ever; a new cluster requires it',
      'zh-CN': '图片 URL 的前缀；随数据保存，存入第一张图片之后不能更改；新建集群时必填',
    },
  },
  quotaPerSecond: {
    variable: 'COUPON_MEDIA_QUOTA_PER_SECOND',
    option: '--quota',
    kind: decimalNumber(0, 1_000_000, 'uploadsPerSecond'),
    only: 'serve',
    default: '20', // 20 a second for each merchant (contract 6.1)
    meaning: {
      en: 'uploads per second of a merchant without its own quota, with bursts of twice that; 0 means no limit',
      'zh-CN': '频率限制：未单独设置的商户每秒可上传的次数，突发可达两倍；0 表示不限',
    },
  },
  maxConnections: {
    variable: 'COUPON_MEDIA_MAX_CONNECTIONS',
    kind: wholeNumber(1, 1_000_000, 'connections'),
    default: '1000',
    meaning: {
      en: 'most client connections that may be open; each uses up to 128 KiB',
      'zh-CN': '客户端连接数上限；每个连接最多占用 128 KiB 内存',
    },
  },
  maxInFlightMib: {
    variable: 'COUPON_MEDIA_MAX_IN_FLIGHT_MIB',
    kind: wholeNumber(1, 1_000_000, 'mebibytes'), // The limit of the bytes in flight (contract 5.12).
    default: '256',
    meaning: {
      en: 'total size of the uploads that this process may receive at a time',
      'zh-CN': '本进程同时接收的全部上传的总大小上限',
    },
  },
  minRateBytesPerSecond: {
    variable: 'COUPON_MEDIA_MIN_RATE_BYTES_PER_SECOND',
    kind: wholeNumber(0, 1_000_000, 'bytesPerSecond'),
    default: '1024',
    meaning: {
      en: 'a client that sends or reads more slowly while the service waits for it is cut off; 0 disables this',
      'zh-CN': '客户端收发的最低速率，低于该值即断开连接；0 表示不断开',
    },
  },
  minRateWindowSeconds: {
    variable: 'COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS',
    kind: wholeNumber(1, 3600, 'seconds'),
    default: '10',
    meaning: {
      en: 'time over which that rate is measured, and thus the longest pause of a client',
      'zh-CN': '统计该速率的时间窗口，也是客户端最长可停顿的时间',
    },
  },
  serveImages: {
    variable: 'COUPON_MEDIA_SERVE_IMAGES',
    kind: trueOrFalse,
    only: 'serve',
    default: 'true',
    meaning: {
      en: 'whether this service serves the images; false if a CDN or the bucket does',
      'zh-CN': '是否由本服务提供图片访问；由 CDN 或存储桶提供时设为 false',
    },
  },
  metricsPort: {
    variable: 'COUPON_MEDIA_METRICS_PORT',
    kind: wholeNumber(0, 65_535),
    meaning: {
      en: 'port of the metrics for Prometheus, at /metrics; without it there are no metrics',
      'zh-CN': 'Prometheus 指标的端口，路径为 /metrics；不设置则不提供指标',
    },
  },
  metricsHost: {
    variable: 'COUPON_MEDIA_METRICS_HOST',
    kind: host,
    default: '127.0.0.1',
    meaning: { en: 'address of that port', 'zh-CN': '指标端口的监听地址' },
  },
  trustTraceparent: {
    variable: 'COUPON_MEDIA_TRUST_TRACEPARENT',
    kind: trueOrFalse,
    default: 'false',
    meaning: {
      en: 'whether the traceparent of every caller is honoured, because a proxy in front sets or removes it; false: only of authenticated callers',
      'zh-CN':
        '是否信任任意来源的 traceparent（由前置代理写入或剔除时设为 true）；false 时仅在通过身份验证后采用',
    },
  },
  drainDelaySeconds: {
    variable: 'COUPON_MEDIA_DRAIN_DELAY_SECONDS',
    kind: wholeNumber(0, 3600, 'seconds'),
    default: '0',
    meaning: {
      en: "time after SIGTERM in which /readyz reports not ready before listening ends; longer than the interval of the balancer's probes",
      'zh-CN': '收到 SIGTERM 后，从 /readyz 返回未就绪到停止监听的时间，应长于负载均衡的探测周期',
    },
  },
  logLevel: {
    variable: 'COUPON_MEDIA_LOG_LEVEL',
    kind: oneOf<LogLevel>('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    meaning: { en: 'lowest level that is logged', 'zh-CN': '日志的最低级别' },
  },
  accountsFile: {
    variable: 'COUPON_MEDIA_ACCOUNTS_FILE',
    option: '--accounts',
    kind: file,
    only: 'relay',
    meaning: {
      en: 'JSON file of the accounts at WeChat Pay (docs/relay.md); only its owner may read it and the keys that it names',
      'zh-CN': '微信支付侧账号的 JSON 文件（见 docs/relay.zh-CN.md）；该文件及其指向的密钥只应允许属主读取',
    },
  },
  tlsCertificateFile: {
    variable: 'COUPON_MEDIA_TLS_CERTIFICATE_FILE',
    option: '--tls-cert',
    kind: file,
    only: 'relay',
    meaning: {
      en: 'PEM file of the certificate of this port, with its chain; then it speaks HTTPS alone',
      'zh-CN': '本端口的证书（含证书链）PEM 文件；设置后只提供 HTTPS',
    },
  },
  tlsKeyFile: {
    variable: 'COUPON_MEDIA_TLS_KEY_FILE',
    option: '--tls-key',
    kind: file,
    only: 'relay',
    meaning: { en: 'PEM file of the private key of that certificate', 'zh-CN': '该证书私钥的 PEM 文件' },
  },
  behindTlsProxy: {
    variable: 'COUPON_MEDIA_BEHIND_TLS_PROXY',
    option: '--behind-tls-proxy',
    kind: trueOrFalse,
    only: 'relay',
    default: 'false',
    meaning: {
      en: 'whether a proxy in front ends TLS and is the only way to this port; then it may listen on other addresses than loopback',
      'zh-CN': '是否由前置代理终止 TLS，且只能经由该代理访问本端口；设为 true 后才可监听本机以外的地址',
    },
  },
  callerDeadlineSeconds: {
    variable: 'COUPON_MEDIA_CALLER_DEADLINE_SECONDS',
    kind: wholeNumber(1, 3600, 'seconds'),
    only: 'relay',
    default: '30',
    meaning: {
      en: 'time that a caller waits for its turn and for upstream; afterwards it gets 429 or 503, and what it wished goes on',
      'zh-CN': '调用方等待上传轮次和微信支付应答的时限；超时返回 429 或 503，已受理的上传继续进行',
    },
  },
  allowedHosts: {
    variable: 'COUPON_MEDIA_ALLOWED_HOSTS',
    option: '--allow-host',
    kind: hostNames,
    only: 'relay',
    meaning: {
      en: 'names by which callers reach the plain door, as relay.example.com; under any other but those of this machine it refuses',
      'zh-CN': '调用方访问普通 HTTP 接口时使用的主机名，如 relay.example.com；本机名称之外的其他名称一律拒绝',
    },
  },
  callbackUrls: {
    variable: 'COUPON_MEDIA_CALLBACK_URLS',
    kind: secureUrls,
    only: 'relay',
    meaning: {
      en: 'where callbacks may go, as https://shop.example.com/hooks: these addresses and what is below them; without it nowhere',
      'zh-CN': '允许回调的地址，如 https://shop.example.com/hooks：这些地址及其下级路径；不设置则不回调',
    },
  },
  auditRetentionDays: {
    variable: 'COUPON_MEDIA_AUDIT_RETENTION_DAYS',
    kind: wholeNumber(0, 36_500, 'days'),
    only: 'relay',
    default: '400',
    meaning: {
      en: 'age at which entries leave the audit; 0 keeps them for ever',
      'zh-CN': '审计记录的保留天数；0 表示永久保留',
    },
  },
  databaseUrl: {
    variable: 'COUPON_MEDIA_DATABASE_URL',
    kind: urlOfOneHost('postgres', 'postgresql'),
    secret: true,
    cluster: true,
    required: true,
    meaning: {
      en: 'PostgreSQL, as postgres://user:password@host/database; makes the service a node of a cluster',
      'zh-CN': 'PostgreSQL 地址，如 postgres://user:password@host/database；设置后使用集群',
    },
  },
  s3Bucket: {
    variable: 'COUPON_MEDIA_S3_BUCKET',
    kind: bucketName,
    cluster: true,
    required: true,
    meaning: { en: 'bucket of the images, which must exist', 'zh-CN': '存放图片的存储桶，须已存在' },
  },
  redisUrl: {
    variable: 'COUPON_MEDIA_REDIS_URL',
    kind: urlOf(
      ...['redis', 'rediss', 'redis+cluster', 'rediss+cluster', 'redis+sentinel', 'rediss+sentinel'],
      'redis+unix',
    ),
    secret: true,
    cluster: true,
    required: true,
    meaning: {
      en: 'Redis, for nonces and quotas: redis://user:password@host:6379/0; one node of a Redis Cluster, or several as redis+cluster://host1,host2; redis+sentinel://host1,host2/NAME; redis+unix:///path',
      'zh-CN':
        'Redis 地址，用于随机串防重放和频率限制：redis://用户:密码@host:6379/0；Redis Cluster 的任一节点，或 redis+cluster://host1,host2；redis+sentinel://host1,host2/主节点名；redis+unix:///路径',
    },
  },
  databaseMaxConnections: {
    variable: 'COUPON_MEDIA_DATABASE_MAX_CONNECTIONS',
    kind: wholeNumber(1, 1000, 'connections'),
    default: '10',
    cluster: true,
    meaning: { en: 'connections of this node to PostgreSQL', 'zh-CN': '本节点到 PostgreSQL 的连接数上限' },
  },
  s3Endpoint: {
    variable: 'COUPON_MEDIA_S3_ENDPOINT',
    kind: urlOf('http', 'https'),
    secret: true,
    cluster: true,
    meaning: {
      en: 'an S3 other than AWS, as https://s3.example.com; without it, AWS in the region',
      'zh-CN': 'AWS 之外的 S3 地址，如 https://s3.example.com；不设置则按区域使用 AWS',
    },
  },
  s3Region: {
    variable: 'COUPON_MEDIA_S3_REGION',
    kind: word,
    default: 'us-east-1',
    cluster: true,
    meaning: { en: 'region of the bucket', 'zh-CN': '存储桶所在区域' },
  },
  s3PathStyle: {
    variable: 'COUPON_MEDIA_S3_PATH_STYLE',
    kind: trueOrFalse,
    default: 'false',
    cluster: true,
    meaning: {
      en: 'true names the bucket in the path and not in the host name, as most self-hosted stores require',
      'zh-CN': 'true 表示存储桶名放在路径而不是主机名中，自建存储大多需要',
    },
  },
  s3Encryption: {
    variable: 'COUPON_MEDIA_S3_ENCRYPTION',
    kind: oneOf('none', 'AES256', 'aws:kms'),
    default: 'none',
    cluster: true,
    meaning: {
      en: 'encryption that the store is asked to use for images',
      'zh-CN': '要求存储端加密图片的方式',
    },
  },
  s3KmsKeyId: {
    variable: 'COUPON_MEDIA_S3_KMS_KEY_ID',
    kind: word,
    cluster: true,
    meaning: {
      en: "with aws:kms: id of the key; without it the account's default",
      'zh-CN': '使用 aws:kms 时的密钥 ID；不设置则用账号的默认密钥',
    },
  },
  redisCaFile: {
    variable: 'COUPON_MEDIA_REDIS_CA_FILE',
    kind: file,
    cluster: true,
    meaning: {
      en: "with rediss://: PEM file of the authority of Redis' certificate, if it is a private one",
      'zh-CN': '使用 rediss:// 且 Redis 的证书由私有 CA 签发时：该 CA 的 PEM 文件',
    },
  },
  redisCertFile: {
    variable: 'COUPON_MEDIA_REDIS_CERT_FILE',
    kind: file,
    cluster: true,
    meaning: {
      en: "with rediss://: PEM file of this node's certificate, if Redis asks for one",
      'zh-CN': '使用 rediss:// 且 Redis 要求客户端证书时：本节点证书的 PEM 文件',
    },
  },
  redisKeyFile: {
    variable: 'COUPON_MEDIA_REDIS_KEY_FILE',
    kind: file,
    cluster: true,
    meaning: { en: 'PEM file of the private key of that certificate', 'zh-CN': '该证书私钥的 PEM 文件' },
  },
  redisSentinelPassword: {
    variable: 'COUPON_MEDIA_REDIS_SENTINEL_PASSWORD',
    kind: password,
    secret: true,
    cluster: true,
    meaning: {
      en: 'password of the Sentinels, if they have one',
      'zh-CN': 'Sentinel 本身的密码，没有则不设置',
    },
  },
  redisFailureMode: {
    variable: 'COUPON_MEDIA_REDIS_FAILURE_MODE',
    kind: oneOf('refuse', 'memory'),
    default: 'refuse',
    cluster: true,
    meaning: {
      en: "while Redis cannot be reached: refuse uploads, or keep nonces and quotas in each node's memory",
      'zh-CN': 'Redis 不可用时：refuse 拒绝上传，memory 改用各节点内存记录随机串和频率',
    },
  },
  uploadTempDir: {
    variable: 'COUPON_MEDIA_UPLOAD_TEMP_DIR',
    kind: folder,
    default: tmpdir(),
    defaultMeans: { en: "the system's folder for temporary files", 'zh-CN': '系统临时目录' },
    cluster: true,
    meaning: {
      en: 'folder for images above 64 KiB while they arrive, once 32 MiB of them are in memory',
      'zh-CN': '大于 64 KiB 的图片在接收过程中的暂存目录（内存中最多保留 32 MiB）',
    },
  },
  engineDeadlineMs: {
    variable: 'COUPON_MEDIA_ENGINE_DEADLINE_MS',
    kind: wholeNumber(100, 60_000, 'milliseconds'),
    default: '5000',
    cluster: true,
    meaning: {
      en: 'time that a call to PostgreSQL, S3 or Redis may take',
      'zh-CN': '调用 PostgreSQL、S3 或 Redis 的超时时间',
    },
  },
} as const satisfies Record<string, Setting>;

type Rows = typeof SETTINGS;

export type SettingName = keyof Rows;

type Value<R> = R extends { readonly kind: Kind<infer T> } ? T : never;

/** The values of all settings. A setting without a default may be undefined. */
export type SettingValues = {
  -readonly [N in SettingName]: Rows[N] extends { readonly default: string }
    ? Value<Rows[N]>
    : Value<Rows[N]> | undefined;
};

/** The settings that together name a cluster. */
export type RequiredInCluster = {
  [N in SettingName]: Rows[N] extends { readonly required: true } ? N : never;
}[SettingName];

/** The settings as rows of one type. */
export const settingRows: readonly (readonly [SettingName, Setting])[] = (
  Object.keys(SETTINGS) as SettingName[]
).map((name) => [name, SETTINGS[name]]);
