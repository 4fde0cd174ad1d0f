import { tmpdir } from 'node:os';
import { z } from 'zod';

/** What a service is started with. */
export interface ServiceConfig {
  /** The data folder: images, records, merchants and keys. */
  data: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** What image URLs begin with. Kept with the data: once given, it stays (contract 6.4). */
  publicUrl?: string | undefined;
  /** Uploads a second of a merchant without a quota of its own; 0 is no limit. */
  quota: number;
  /** Connections that may be open at a time. Each costs up to 128 KiB: 64 of an image, the rest buffers. */
  connections: number;
  /** MiB that all uploads under way may have together (contract 5.12). */
  inFlight: number;
  /** Bytes a second that a peer in the middle of a request must send, or take. */
  leastRate: number;
  /** Seconds over which that rate is measured. */
  patience: number;
  logLevel: LogLevel;
  /** Where Prometheus reads the metrics: a port of their own, on an address of their own. Default: nowhere. */
  metricsPort?: number | undefined;
  metricsHost: string;
  /** Seconds between the readiness saying no and the end of listening: balancers look only now and then. */
  drainDelay: number;
  /** Whether this service answers what is asked for at image URLs; false where a CDN or the bucket does. */
  serveImages: boolean;
  /** `postgres://…`. Where it is given the engines are PostgreSQL, S3 and Redis, and `data` is not used. */
  databaseUrl?: string | undefined;
  /** Connections to PostgreSQL at most. */
  databaseConnections: number;
  s3Bucket?: string | undefined;
  /** Default: AWS's own, by the region. */
  s3Endpoint?: string | undefined;
  s3Region: string;
  /** Whether the bucket is named in the path rather than in the host name. */
  s3PathStyle: boolean;
  s3Encryption: 'none' | 'AES256' | 'aws:kms';
  /** With `aws:kms`: which key, else the account's default. */
  s3KmsKey?: string | undefined;
  redisUrl?: string | undefined;
  /** While Redis is away: refuse uploads, or keep nonces and quotas in this node's memory. */
  redisAway: 'refuse' | 'memory';
  /** The folder where images are written to while they arrive, on their way to S3. */
  scratch: string;
  /** Milliseconds that a call to PostgreSQL, S3 or Redis may take. */
  engineDeadline: number;
  /**
   * Whether traces are sent, by OpenTelemetry's own variables: an OTLP endpoint is named, and neither the SDK nor its exporter
   * is switched off.
   */
  tracing: boolean;
}

/** What the cluster's engines are opened with. */
export type ClusterConfig = ServiceConfig & { databaseUrl: string; s3Bucket: string; redisUrl: string };

export type LogLevel = z.infer<typeof logLevel>;

/** An option or a variable has a value that cannot be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
}

const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent']);

const schema = z.object({
  data: z.string().min(1, 'must name a folder'),
  host: z.string().min(1, 'must be an address or a host name'),
  port: z.coerce.number({ error: 'must be a number' }).int().min(0).max(65_535),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(150, 'must leave room for 256 characters with the image name')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  quota: z.coerce.number({ error: 'must be a number of uploads a second, 0 for no limit' }).min(0),
  connections: wholeNumber(1, 1_000_000),
  inFlight: wholeNumber(1, 1_000_000),
  leastRate: wholeNumber(0, 1_000_000),
  patience: wholeNumber(1, 3600),
  logLevel,
  metricsPort: wholeNumber(0, 65_535).optional(),
  metricsHost: z.string().min(1, 'must be an address or a host name'),
  drainDelay: wholeNumber(0, 3600),
  serveImages: yesOrNo(),
  databaseUrl: engineUrl('postgres', 'postgresql').optional(),
  databaseConnections: wholeNumber(1, 1000),
  s3Bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  s3Endpoint: engineUrl('http', 'https').optional(),
  s3Region: z.string().min(1, 'must be a region'),
  s3PathStyle: yesOrNo(),
  s3Encryption: z.enum(['none', 'AES256', 'aws:kms']),
  s3KmsKey: z.string().optional(),
  redisUrl: engineUrl('redis', 'rediss').optional(),
  redisAway: z.enum(['refuse', 'memory']),
  scratch: z.string().min(1, 'must name a folder'),
  engineDeadline: wholeNumber(100, 60_000),
});

function yesOrNo() {
  return z.stringbool({ error: 'must be true or false' }).or(z.boolean());
}

/** The value itself is never part of the message: it may hold a password. */
function engineUrl(...protocols: string[]) {
  const error = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
  return z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`), error });
}

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number, ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
}

/** What has a variable of its own. */
type Setting = Exclude<keyof ServiceConfig, 'tracing'>;

/** Each setting: the variable it is read from, and what it is without. 20 a second is contract 6.1's. */
const SETTINGS: Record<Setting, { variable: string; fallback?: string | number }> = {
  data: { variable: 'COUPON_MEDIA_DATA', fallback: '.coupon-media' },
  host: { variable: 'COUPON_MEDIA_HOST', fallback: '127.0.0.1' },
  port: { variable: 'COUPON_MEDIA_PORT', fallback: 8787 },
  publicUrl: { variable: 'COUPON_MEDIA_PUBLIC_URL' },
  quota: { variable: 'COUPON_MEDIA_QUOTA', fallback: 20 },
  connections: { variable: 'COUPON_MEDIA_CONNECTIONS', fallback: 1000 },
  inFlight: { variable: 'COUPON_MEDIA_IN_FLIGHT', fallback: 256 },
  leastRate: { variable: 'COUPON_MEDIA_LEAST_RATE', fallback: 1024 },
  patience: { variable: 'COUPON_MEDIA_PATIENCE', fallback: 10 },
  logLevel: { variable: 'COUPON_MEDIA_LOG_LEVEL', fallback: 'info' },
  metricsPort: { variable: 'COUPON_MEDIA_METRICS_PORT' },
  metricsHost: { variable: 'COUPON_MEDIA_METRICS_HOST', fallback: '127.0.0.1' },
  drainDelay: { variable: 'COUPON_MEDIA_DRAIN_DELAY', fallback: 0 },
  serveImages: { variable: 'COUPON_MEDIA_SERVE_IMAGES', fallback: 'true' },
  databaseUrl: { variable: 'COUPON_MEDIA_DATABASE_URL' },
  databaseConnections: { variable: 'COUPON_MEDIA_DATABASE_CONNECTIONS', fallback: 10 },
  s3Bucket: { variable: 'COUPON_MEDIA_S3_BUCKET' },
  s3Endpoint: { variable: 'COUPON_MEDIA_S3_ENDPOINT' },
  s3Region: { variable: 'COUPON_MEDIA_S3_REGION', fallback: 'us-east-1' },
  s3PathStyle: { variable: 'COUPON_MEDIA_S3_PATH_STYLE', fallback: 'false' },
  s3Encryption: { variable: 'COUPON_MEDIA_S3_ENCRYPTION', fallback: 'none' },
  s3KmsKey: { variable: 'COUPON_MEDIA_S3_KMS_KEY' },
  redisUrl: { variable: 'COUPON_MEDIA_REDIS_URL' },
  redisAway: { variable: 'COUPON_MEDIA_REDIS_AWAY', fallback: 'refuse' },
  scratch: { variable: 'COUPON_MEDIA_SCRATCH', fallback: tmpdir() },
  engineDeadline: { variable: 'COUPON_MEDIA_ENGINE_DEADLINE', fallback: 5000 },
};

/**
 * Settings from options, else from the environment, else by default. The only reader of the environment. A folder that
 * is given as an option is meant, whatever cluster the environment names.
 *
 * @throws ConfigError naming the option or the variable
 */
export function readConfig(
  options: { [K in keyof ServiceConfig]?: string | number | boolean | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): ServiceConfig {
  const names = Object.keys(SETTINGS) as Setting[];
  const isFolder = options.data !== undefined && options.databaseUrl === undefined;
  const unset: readonly string[] = isFolder ? CLUSTER : [];
  const given = names.map((name) => [
    name,
    options[name] ??
      (unset.includes(name) ? undefined : environment[SETTINGS[name].variable] || undefined) ??
      SETTINGS[name].fallback,
  ]);
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) {
    const tracing = options.tracing === undefined ? wantsTraces(environment) : options.tracing === true;
    return complete({ ...parsed.data, tracing });
  }
  const [issue] = parsed.error.issues;
  const name = issue?.path[0] as Setting;
  const source =
    options[name] === undefined
      ? SETTINGS[name].variable
      : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  throw new ConfigError(`${source}: ${issue?.message}`);
}

function wantsTraces(environment: NodeJS.ProcessEnv): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment;
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  return !!endpoint && OTEL_SDK_DISABLED?.toLowerCase() !== 'true' && OTEL_TRACES_EXPORTER !== 'none';
}

/** @returns whether the configuration names engines that many nodes share */
export function isCluster(config: ServiceConfig): config is ClusterConfig {
  return config.databaseUrl !== undefined;
}

/** The engines of a cluster are named together, or not at all: half of them would be a mistake told late. */
function complete(config: ServiceConfig): ServiceConfig {
  const named = CLUSTER.filter((name) => config[name] !== undefined);
  const missing = CLUSTER.filter((name) => config[name] === undefined);
  if (named.length > 0 && missing.length > 0) {
    const [given = '', wanted] = [named, missing].map((names) =>
      names.map((name) => SETTINGS[name].variable).join(' and '),
    );
    throw new ConfigError(
      `${wanted}: must be given, too, where ${given} is: many nodes share all three engines`,
    );
  }
  return config;
}

const CLUSTER = ['databaseUrl', 's3Bucket', 'redisUrl'] as const;
