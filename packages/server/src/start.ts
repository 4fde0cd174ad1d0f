import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pino, { type Logger } from 'pino';
import { isCluster, type ServiceConfig } from './config.js';
import { describedStore } from './engines/described.js';
import { openEmbeddedEngines } from './engines/embedded.js';
import type { Engines, EngineWatch, OpenEngines } from './engines/index.js';
import { callRoute } from './http/call.js';
import { certificatesRoute } from './http/certificates.js';
import { healthRoutes } from './http/health.js';
import { imageRoute } from './http/images.js';
import { VERSION } from './http/openapi/document.js';
import { openApiRoutes } from './http/openapi/routes.js';
import { plainRoute } from './http/plain.js';
import { createHttpServer, type HttpServer } from './http/server.js';
import { uploadRoutes } from './http/upload.js';
import { createInFlight } from './limits/in-flight.js';
import { openDirectory } from './merchants/directory.js';
import { generatePublicKeyPair } from './merchants/platform-key.js';
import { createReadiness } from './observe/readiness.js';
import { startWatching, type Watching } from './observe/watching.js';
import { settingsInForce } from './settings-in-force.js';
import { systemRandom } from './signed/random.js';
import type { Response } from './signed/response.js';
import type { MerchantStore } from './stores/index.js';
import { publishUnder } from './upload/publish.js';

/** A service that is up. */
export interface Service {
  /** Where it listens. */
  readonly address: { host: string; port: number };
  /** What its image URLs begin with. */
  readonly publicUrl: string;
  /** Where Prometheus reads its metrics, if anywhere. */
  readonly metricsAddress: { host: string; port: number } | undefined;
  /**
   * Is not ready any more; when the configured delay has passed takes no new request, answers those under way, and closes
   * the store.
   */
  stop(): Promise<void>;
}

/** The service cannot be started, and what to do about it. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code:
    | 'PORT_TAKEN'
    | 'ADDRESS_UNUSABLE'
    | 'PUBLIC_URL_DIFFERS'
    | 'PUBLIC_URL_MISSING'
    | 'ENGINES_MISSING';
  constructor(code: StartError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface StartOptions {
  /** Default: lines of JSON on standard output, of the configured level. */
  readonly log?: Logger;
  /**
   * Opens what the service keeps everything with. Default: the folder of the configuration. For a cluster it is
   * `(watch) => openClusterEngines(config, watch)`, of `@coupon-media/cluster`.
   */
  readonly openEngines?: OpenEngines;
}

/** Milliseconds that requests under way are given when the service stops. */
const DRAIN_TIME = 10_000;

const MIB = 1024 * 1024;

/**
 * Opens the store, reads who may call, and listens. Where the store has no platform key yet, one is made.
 *
 * @throws StartError, or what the store says of itself
 */
export async function startService(
  config: ServiceConfig,
  { log = pino({ level: config.logLevel }), openEngines }: StartOptions = {},
): Promise<Service> {
  const stopping = new AbortController();
  const closing: (() => Promise<void> | void)[] = [];
  async function close(): Promise<void> {
    for (const step of closing.splice(0).reverse()) await step();
  }
  try {
    const now = () => Math.floor(Date.now() / 1000);
    const watching = await startWatching(config, VERSION, log);
    const open = openEngines ?? (() => openFolder(config, now, log));
    const engines = await open({ log: plain(log), observe: watching.engineCall }).catch(async (error) => {
      await watching.close();
      throw error;
    });
    closing.push(() => engines.close());
    let publicUrl = await keptPublicUrl(engines.merchants, config);
    if ((await engines.merchants.platformKeys()).length === 0) {
      await engines.merchants.addPlatformKey(await generatePublicKeyPair(now()));
    }
    const merchants = await openDirectory(engines.merchants, (err) => log.error({ err }, 'merchants'));
    closing.push(() => merchants.close());
    closing.push(() => watching.close());
    const inFlightLimit = config.maxInFlightMib * MIB;
    const inFlight = createInFlight(inFlightLimit);
    const readiness = createReadiness(engines.ready, stopping.signal, log);
    const services = {
      merchants,
      images: engines.images,
      nonces: engines.nonces,
      quota: engines.quota,
      defaultQuota: config.quotaPerSecond,
      inFlight,
      publish: publishUnder(() => publicUrl),
      random: systemRandom,
      now,
      clock: Date.now,
    };
    const exchange = {
      nonces: engines.nonces,
      random: systemRandom,
      listener: watching.listener,
      respond: (response: Response) => response,
    };
    const unsigned = [
      ...(config.serveImages ? [imageRoute(engines.images, watching.onImageRead)] : []),
      ...healthRoutes(readiness),
      ...openApiRoutes(),
    ];
    const routes = [
      ...uploadRoutes(services, exchange),
      callRoute(certificatesRoute(services), services, exchange),
      ...unsigned.map((route) => plainRoute(route, { log, random: systemRandom })),
    ];
    const app = createHttpServer(routes, {
      limits: config,
      log,
      random: systemRandom,
      stopping: stopping.signal,
      ...(watching.onCut && { onCut: watching.onCut }),
    });
    const watched = {
      server: app.server,
      engines,
      readiness,
      stopping: stopping.signal,
      inFlight,
      inFlightLimit,
    };
    const metrics = await openMetrics(watching, { ...watched, directory: merchants, now }, config);
    if (metrics) closing.push(() => metrics.close());
    closing.push(() => app.close());
    const address = await listen(app, config);
    publicUrl ||= defaultPublicUrl(address);
    await keepPublicUrl(engines.merchants, publicUrl);
    log.info(
      { address, publicUrl, engines: describedStore(config), settings: settingsInForce(config) },
      'started',
    );
    return {
      address,
      publicUrl,
      metricsAddress: metrics?.address,
      async stop() {
        stopping.abort();
        log.info({ seconds: config.drainDelaySeconds }, 'stopping: not ready any more');
        if (config.drainDelaySeconds > 0) await sleep(config.drainDelaySeconds * 1000);
        await drain(app, close);
        log.info('stopped');
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openFolder(config: ServiceConfig, now: () => number, log: Logger): Promise<Engines> {
  if (isCluster(config)) {
    throw new StartError(
      'ENGINES_MISSING',
      'the configuration names a cluster, whose engines are in a package of their own: npm install @coupon-media/cluster, and give startService its openClusterEngines',
    );
  }
  return openEmbeddedEngines(config, now, log);
}

/** The log as engines see it: sentences alone, whatever writes them. */
function plain(log: Logger): EngineWatch['log'] {
  return { info: (message) => log.info(message), warn: (message) => log.warn(message) };
}

/** Under which name the data keeps its public URL. */
export const PUBLIC_URL_SETTING = 'public_url';

/**
 * The public URL belongs to the data: it begins every URL that was given, and those are permanent (contract 6.4).
 *
 * @returns '' where it can only be told from the port that will be listened on
 */
async function keptPublicUrl(settings: MerchantStore, config: ServiceConfig): Promise<string> {
  const { publicUrl, host, port } = config;
  const kept = await settings.setting(PUBLIC_URL_SETTING);
  if (kept !== undefined && publicUrl !== undefined && kept !== publicUrl) {
    throw new StartError(
      'PUBLIC_URL_DIFFERS',
      `the images of ${describedStore(config)} were given out under ${kept}, and their URLs are permanent; leave --public-url out, or take another store for ${publicUrl}`,
    );
  }
  if (kept === undefined && publicUrl === undefined && isCluster(config)) {
    throw new StartError(
      'PUBLIC_URL_MISSING',
      'nodes of a cluster are not where images are asked for: say with --public-url, or COUPON_MEDIA_PUBLIC_URL, what image URLs are to begin with; it is kept, and needs to be said once',
    );
  }
  return kept ?? publicUrl ?? (port === 0 ? '' : defaultPublicUrl({ host, port }));
}

/** Writes only what is new: a service that was killed on a full disk has to start again, to serve what it has. */
async function keepPublicUrl(settings: MerchantStore, publicUrl: string): Promise<void> {
  if ((await settings.setting(PUBLIC_URL_SETTING)) !== publicUrl)
    await settings.saveSetting(PUBLIC_URL_SETTING, publicUrl);
}

function defaultPublicUrl({ host, port }: Service['address']): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function listen({ server }: HttpServer, { host, port }: ServiceConfig): Promise<Service['address']> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    throw cannotListen({ host, port }, cause, { host: '--host', port: '--port' });
  }
  return { host, port: (server.address() as AddressInfo).port };
}

async function openMetrics(
  watching: Watching,
  watched: Parameters<Watching['openMetrics']>[0],
  { metricsHost: host, metricsPort: port = 0 }: ServiceConfig,
): ReturnType<Watching['openMetrics']> {
  try {
    return await watching.openMetrics(watched);
  } catch (cause) {
    const names = { host: 'COUPON_MEDIA_METRICS_HOST', port: 'COUPON_MEDIA_METRICS_PORT' };
    throw cannotListen({ host, port }, cause, names);
  }
}

/** @param names how host and port are given */
function cannotListen(
  { host, port }: Service['address'],
  cause: unknown,
  names: { host: string; port: string },
): StartError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      'PORT_TAKEN',
      `port ${port} on ${host} is taken; stop what listens there, or give another ${names.port}`,
      { cause },
    );
  }
  return new StartError(
    'ADDRESS_UNUSABLE',
    `cannot listen on ${host} port ${port} (${code}); give another ${names.host} or ${names.port}`,
    { cause },
  );
}

/** Requests under way are given a while; then what is left is cut, so that the store is closed in order. */
async function drain({ server }: HttpServer, close: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_TIME);
  try {
    await close();
  } finally {
    clearTimeout(timer);
  }
}
