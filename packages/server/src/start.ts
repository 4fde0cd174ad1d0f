import { setTimeout as sleep } from 'node:timers/promises';
import { filled, isLoopbackHost, VERSION } from '@coupon-media/apiv3';
import { openEmbeddedEngines } from './engines/embedded.js';
import type { EngineHooks, Engines, OpenEngines } from './engines/index.js';
import { homeRoute } from './http/home.js';
import { generatePublicKeyPair } from './merchants/platform-key.js';
import { findPublishedKey } from './merchants/published-keys.js';
import { type MonitoredService, type Monitoring, startMonitoring } from './monitoring.js';
import { allOf } from './observe/listener.js';
import type { ServiceLog } from './observe/log.js';
import { createLog } from './observe/output.js';
import type { WrapperMetrics } from './observe/wrapper-metrics.js';
import { choosePublicUrl } from './public-url.js';
import { createService, type ServiceCore, type ServiceParts, type ServiceSettings } from './service.js';
import { isCluster, type ServiceConfig } from './settings/config.js';
import { describedStore, settingsInForce } from './settings/redacted.js';
import { systemRandom } from './signed/random.js';
import { cannotListen, StartError } from './start-error.js';
import type { MerchantStore } from './stores/index.js';

/** A service that is running. */
export interface Service {
  /** The address on which it listens. */
  readonly address: { host: string; port: number };
  /** The beginning of its image URLs. The first stored image fixes it. */
  readonly publicUrl: string;
  /** The address at which Prometheus reads the metrics; undefined if none is configured. */
  readonly metricsAddress: { host: string; port: number } | undefined;
  /** Ends readiness, waits for the configured delay, responds to the requests in progress, and closes the store. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Default: lines of JSON on standard output, at the configured level. */
  readonly log?: ServiceLog;
  /**
   * Opens the engines. Default: the folder of the configuration. For a cluster, give `(hooks) =>
   * openClusterEngines(config, hooks)` of `@coupon-media/cluster`.
   */
  readonly openEngines?: OpenEngines | undefined;
  /** What wraps the service: a relay. Default: nothing does, and images get URLs of this service. */
  readonly wrap?: Wrap;
}

/** Makes what wraps a service, once its engines are open. */
export type Wrap = (opened: {
  readonly engines: Engines;
  readonly log: ServiceLog;
  /** For the metrics of what wraps the service; undefined if no metrics are configured. */
  readonly metrics: WrapperMetrics | undefined;
}) => Promise<Wrapping>;

/** What wraps a service: its parts in place of the default ones, and its end. */
export interface Wrapping
  extends Pick<ServiceParts, 'publish' | 'addition' | 'publicUrl' | 'routes' | 'trace' | 'beside' | 'tls'> {
  /** Settings in place of the configured ones. */
  readonly settings?: Partial<ServiceSettings>;
  /** Called with the address once the service listens; its URL is the beginning of its image URLs, if nothing else is. */
  listening?(publicUrl: string): void;
  /** Called when the service begins to stop, before requests in progress have ended. */
  retire?(): void;
  /** Called after the last request, before the engines are closed. */
  close?(): Promise<void>;
}

/**
 * Opens the store, reads the merchants, and listens. If the store has no platform key, one is generated.
 *
 * @param config as `readConfig` returns it
 * @throws StartError if the address, the public URL or a package is the problem, or whatever the store says of itself
 */
export async function startService(
  config: ServiceConfig,
  { log: givenLog, openEngines, wrap = publishHere(config) }: StartOptions = {},
): Promise<Service> {
  const { log, open: openLog } = givenLog ? { log: givenLog, open() {} } : createLog(config.logLevel);
  const closing: (() => Promise<void> | void)[] = [];
  async function close(): Promise<void> {
    for (const step of closing.splice(0).reverse()) await step();
  }
  try {
    const monitoring = await watch(config, log);
    const open = openEngines ?? (() => openFolder(config, log));
    const engines = await open({ log: plain(log), observe: monitoring.engineCall }).catch(async (error) => {
      await monitoring.close();
      throw error;
    });
    closing.push(() => engines.close());
    closing.push(() => monitoring.close());
    const wrapping = await wrap({ engines, log, metrics: monitoring.wrapperMetrics });
    closing.push(() => wrapping.close?.());
    if ((await engines.merchants.platformKeys()).length === 0) {
      await engines.merchants.addPlatformKey(await generatePublicKeyPair(Math.floor(Date.now() / 1000)));
    }
    if (!isLoopbackHost(config.host)) await refusePublishedKeys(engines.merchants);
    const service = await createService({
      engines,
      settings: { ...config, ...wrapping.settings },
      log,
      trace: allOf([monitoring.listener, wrapping.trace ?? {}]),
      publicUrl: wrapping.publicUrl,
      ...(wrapping.publish && { publish: wrapping.publish }),
      addition: wrapping.addition,
      ...(wrapping.routes && { routes: wrapping.routes }),
      ...(wrapping.beside && { beside: wrapping.beside }),
      tls: wrapping.tls,
    });
    closing.push(() => service.close());
    const metrics = await openMetrics(monitoring, service.monitored, config);
    if (metrics) closing.splice(-1, 0, () => metrics.close());
    const address = await listen(service, config);
    openLog();
    wrapping.listening?.(service.publicUrl());
    log.info(
      {
        address,
        publicUrl: wrapping.publicUrl ?? service.publicUrl(),
        engines: describedStore(config),
        settings: settingsInForce(config),
      },
      'started',
    );
    return {
      address,
      get publicUrl() {
        return wrapping.publicUrl ?? service.publicUrl();
      },
      metricsAddress: metrics?.address,
      async stop() {
        service.retire();
        wrapping.retire?.();
        log.info({ seconds: config.drainDelaySeconds }, 'stopping: not ready any more');
        if (config.drainDelaySeconds > 0) await sleep(config.drainDelaySeconds * 1000);
        await close();
        log.info('stopped');
      },
    };
  } catch (error) {
    openLog();
    await close();
    throw error;
  }
}

/** The service that nothing wraps: it gives its own URLs, and serves the images under them. */
function publishHere(config: ServiceConfig): Wrap {
  return async ({ engines, log }) => {
    const { current, decide, publish } = await choosePublicUrl(engines, config, log);
    return {
      get publicUrl() {
        return current();
      },
      publish,
      routes: [homeRoute({ log, random: systemRandom })],
      listening: decide,
    };
  };
}

/**
 * Loads the libraries for metrics and traces, which are optional peers of this package, only if they are configured.
 */
async function watch(config: ServiceConfig, log: ServiceLog): Promise<Monitoring> {
  try {
    return await startMonitoring(config, VERSION, log);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const [missing, what] = message.includes(METRICS_PACKAGE)
      ? (['METRICS_MISSING', METRICS_MISSING] as const)
      : (['TRACING_MISSING', TRACING_MISSING] as const);
    throw new StartError(missing, what, { cause });
  }
}

const METRICS_PACKAGE = 'prom-client';

const METRICS_MISSING = {
  en: `COUPON_MEDIA_METRICS_PORT is set, but ${METRICS_PACKAGE} is not installed: run npm install ${METRICS_PACKAGE}, or unset the port`,
  'zh-CN': `已设置 COUPON_MEDIA_METRICS_PORT，但没有安装 ${METRICS_PACKAGE}：npm install ${METRICS_PACKAGE}，或不设置该端口`,
};

const TRACING_PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace-node',
];

const TRACING_MISSING = {
  en: `OTEL_EXPORTER_OTLP_… names a collector of traces, but OpenTelemetry is not installed: run npm install ${TRACING_PACKAGES.join(' ')}, or set OTEL_SDK_DISABLED=true`,
  'zh-CN': `已用 OTEL_EXPORTER_OTLP_… 指定链路追踪的接收端，但没有安装 OpenTelemetry：npm install ${TRACING_PACKAGES.join(' ')}，或设置 OTEL_SDK_DISABLED=true`,
};

async function openFolder(config: ServiceConfig, log: ServiceLog): Promise<Engines> {
  if (isCluster(config)) {
    throw new StartError('ENGINES_MISSING', {
      en: 'the configuration names a cluster, whose engines are in a separate package: run npm install @coupon-media/cluster and pass its openClusterEngines to startService',
      'zh-CN':
        '当前配置使用集群，请先安装：npm install @coupon-media/cluster，并把其中的 openClusterEngines 交给 startService',
    });
  }
  return openEmbeddedEngines(config, Date.now, log);
}

/** Others can reach the service, and everybody can have these keys: they could upload as the merchant, or forge responses. */
async function refusePublishedKeys(records: MerchantStore): Promise<void> {
  const found = await findPublishedKey(records);
  if (found) throw new StartError('KEY_PUBLISHED', filled(PUBLISHED, found));
}

const PUBLISHED = {
  en: '{id} has {key}, whose private half everybody can have: revoke or retire it, or listen on 127.0.0.1 alone',
  'zh-CN': '{id} 使用{key}，任何人都能得到它的私钥：请作废或停用它，或只监听 127.0.0.1',
};

/** Reduces the log to what engines use of it: plain sentences. */
function plain(log: ServiceLog): EngineHooks['log'] {
  return { info: (message) => log.info(message), warn: (message) => log.warn(message) };
}

async function listen(service: ServiceCore, { host, port }: ServiceConfig): Promise<Service['address']> {
  try {
    return await service.listen({ host, port });
  } catch (cause) {
    throw cannotListen({ host, port }, cause, { host: '--host', port: '--port' });
  }
}

async function openMetrics(
  monitoring: Monitoring,
  monitored: MonitoredService,
  { metricsHost: host, metricsPort: port = 0 }: ServiceConfig,
): ReturnType<Monitoring['openMetrics']> {
  try {
    return await monitoring.openMetrics(monitored);
  } catch (cause) {
    const names = { host: 'COUPON_MEDIA_METRICS_HOST', port: 'COUPON_MEDIA_METRICS_PORT' };
    throw cannotListen({ host, port }, cause, names);
  }
}
