import type { ServiceConfig, StartOptions } from '@coupon-media/server';
import { Command } from 'commander';
import { untilStopped } from 'coupon-media/shell';
import { loadCluster } from '../cluster.js';
import { portOption, quotaOption } from '../options.js';
import type { ServiceShell } from '../messages/messages.js';

interface Flags {
  data?: string;
  host?: string;
  port?: number;
  publicUrl?: string;
  quota?: number;
}

export function serveCommand({ say }: ServiceShell): Command {
  return new Command('serve')
    .description(say('serve.description'))
    .option(
      '--data <dir>',
      'folder of images, records, merchants and keys (default: the cluster of COUPON_MEDIA_DATABASE_URL, else .coupon-media)',
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .addOption(portOption('default: 8787; a taken one is an error'))
    .option(
      '--public-url <url>',
      'what image URLs begin with; kept with the data (default: where it first listens)',
    )
    .addOption(quotaOption('default: 20; 0 is no limit'))
    .addHelpText('after', SETTINGS)
    .action(serve);
}

/** What has no option: a password on a command line can be read by everybody on the machine. */
const SETTINGS = `
Each option can be given as COUPON_MEDIA_DATA, COUPON_MEDIA_HOST and so on. The environment alone gives the others:

One of many nodes, with engines that they share, where these three are given:
  COUPON_MEDIA_DATABASE_URL          postgres://user:password@host/database
  COUPON_MEDIA_S3_BUCKET             bucket of the images
  COUPON_MEDIA_REDIS_URL             redis:// or rediss://
and with them, as needed:
  COUPON_MEDIA_DATABASE_MAX_CONNECTIONS  connections to PostgreSQL at most (default: 10)
  COUPON_MEDIA_S3_ENDPOINT           default: AWS's, by the region
  COUPON_MEDIA_S3_REGION             default: us-east-1
  COUPON_MEDIA_S3_PATH_STYLE         true: the bucket is named in the path (default: false)
  COUPON_MEDIA_S3_ENCRYPTION         none, AES256 or aws:kms (default: none)
  COUPON_MEDIA_S3_KMS_KEY_ID            with aws:kms (default: the account's)
  COUPON_MEDIA_REDIS_FAILURE_MODE            while Redis is away: refuse, or memory (default: refuse)
  COUPON_MEDIA_UPLOAD_TEMP_DIR               folder where images arrive (default: the system's temporary one)
  COUPON_MEDIA_ENGINE_DEADLINE_MS       milliseconds that a call to an engine may take (default: 5000)
S3's credentials are found as the AWS SDK does: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, files, roles.
A cluster needs a --public-url when its first node first starts.

Of any service:
  COUPON_MEDIA_SERVE_IMAGES          false: a CDN or the bucket answers at image URLs (default: true)
  COUPON_MEDIA_METRICS_PORT          Prometheus metrics, at /metrics (default: none)
  COUPON_MEDIA_METRICS_HOST          address of that port (default: 127.0.0.1)
  COUPON_MEDIA_DRAIN_DELAY_SECONDS           seconds between readiness saying no and the end of listening (default: 0)
  COUPON_MEDIA_LOG_LEVEL             debug, info, warn, error or silent (default: info)
  COUPON_MEDIA_MAX_CONNECTIONS           connections that may be open at a time (default: 1000)
  COUPON_MEDIA_MAX_IN_FLIGHT_MIB             MiB that all uploads under way may have (default: 256)
  COUPON_MEDIA_MIN_RATE_BYTES_PER_SECOND            bytes a second that a peer must send, or take (default: 1024)
  COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS              seconds over which that rate is measured (default: 10)`;

async function serve({ quota: quotaPerSecond, ...flags }: Flags): Promise<void> {
  const { describedStore, readConfig, startService } = await import('@coupon-media/server');
  const config = readConfig({ ...flags, quotaPerSecond });
  const service = await startService(config, await enginesOf(config));
  // Before it is said to serve: whoever reads that may end it at once, and is to end it in order.
  const stopped = untilStopped();
  const { host, port } = service.address;
  process.stderr.write(
    `coupon-media serves ${describedStore(config)} at ${host} port ${port}; images at ${service.publicUrl}/images/\n`,
  );
  await stopped;
  await service.stop();
}

/** What a service is started with: where the configuration names a cluster, how its engines are opened. */
async function enginesOf(config: ServiceConfig): Promise<StartOptions> {
  const { isCluster } = await import('@coupon-media/server');
  if (!isCluster(config)) return {};
  const { openClusterEngines } = await loadCluster();
  return { openEngines: (watch) => openClusterEngines(config, watch) };
}
