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
}

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
});

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number, ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
}

/** Each setting: the variable it is read from, and what it is without. 20 a second is contract 6.1's. */
const SETTINGS: Record<keyof ServiceConfig, { variable: string; fallback?: string | number }> = {
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
};

/**
 * Settings from options, else from the environment, else by default. The only reader of the environment.
 *
 * @throws ConfigError naming the option or the variable
 */
export function readConfig(
  options: { [K in keyof ServiceConfig]?: string | number | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): ServiceConfig {
  const names = Object.keys(SETTINGS) as (keyof ServiceConfig)[];
  const given = names.map((name) => [
    name,
    options[name] ?? (environment[SETTINGS[name].variable] || undefined) ?? SETTINGS[name].fallback,
  ]);
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path[0] as keyof ServiceConfig;
  const source =
    options[name] === undefined
      ? SETTINGS[name].variable
      : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  throw new ConfigError(`${source}: ${issue?.message}`);
}
