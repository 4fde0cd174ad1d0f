import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Engines } from './engines/index.js';
import { certificatesRoute } from './http/certificates.js';
import { healthRoutes } from './http/health.js';
import { imageRoute } from './http/images.js';
import { plainRoute } from './http/plain.js';
import { referenceRoutes } from './http/reference.js';
import { createHttpServer } from './http/server.js';
import type { Respond } from './http/signed.js';
import { callRoute, uploadRoutes } from './http/signed-routes.js';
import type { Route } from './http/table.js';
import { createInFlight } from './limits/in-flight.js';
import { openDirectory } from './merchants/directory.js';
import type { MonitoredService } from './monitoring.js';
import { allOf, type ServiceListener } from './observe/listener.js';
import { logRequests } from './observe/log.js';
import { createReadiness } from './observe/readiness.js';
import { throttleLog } from './observe/throttled-log.js';
import type { ServiceConfig } from './settings/config.js';
import type { SignedRoute } from './signed/call.js';
import { type Random, systemRandom } from './signed/random.js';
import { type Publish, publishUnder } from './upload/publish.js';

/** The settings that any service needs, wherever it listens and whatever keeps its images. */
export type ServiceSettings = Pick<
  ServiceConfig,
  | 'maxConnections'
  | 'maxInFlightMib'
  | 'minRateBytesPerSecond'
  | 'minRateWindowSeconds'
  | 'quotaPerSecond'
  | 'serveImages'
>;

/** What a service is made of. */
export interface ServiceParts {
  /** What it keeps everything with: opened, with a platform key in it. The caller closes it, after the service. */
  readonly engines: Engines;
  readonly settings: ServiceSettings;
  /** A line for each signed request, and what goes wrong. */
  readonly log: Logger;
  /** Unix milliseconds. Default: the machine's clock. */
  readonly clock?: () => number;
  /** Default: Node's. */
  readonly random?: Random;
  /** What image URLs begin with, without a slash at the end. Default: where the service listens. */
  readonly publicUrl?: string | undefined;
  /** Gives a stored image its URL. Default: one under the public URL, where the service itself answers with the image. */
  readonly publish?: Publish;
  /** What can be asked for beside uploads and certificates: signed requests, or whatever answers a path by itself. */
  readonly routes?: readonly (SignedRoute | Route)[];
  /** Observes all that goes on. */
  readonly trace?: ServiceListener;
  /** Stands between signing a response and writing it. Default: writes it as it is. */
  readonly respond?: Respond;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A service that does not listen yet. */
export interface ServiceCore {
  /** @param address port 0 takes any free port @throws what the operating system says of it */
  listen(address: Address): Promise<Address>;
  /** What image URLs begin with; '' as long as only the port will tell. */
  publicUrl(): string;
  /** Not ready any more, and every response says `Connection: close`; requests are still taken. */
  retire(): void;
  /** Takes no new connection, answers the requests under way, cuts what is left of them after some seconds, and ends. */
  close(): Promise<void>;
  /** What there is to be seen of it. */
  readonly monitored: MonitoredService;
}

const MIB = 1024 * 1024;

/** Milliseconds that requests under way are given when the service is closed. */
const DRAIN_TIME = 10_000;

/**
 * The one seam of the service: another clock, other URLs, more routes or other responses are other parts of the same composition.
 * `startService` is its default composition.
 *
 * @throws where the engines hold no platform key to sign with, or cannot be read
 */
export async function createService({
  engines,
  settings,
  log,
  clock = Date.now,
  random = systemRandom,
  publicUrl: given = '',
  publish: givenPublish,
  routes = [],
  trace = {},
  respond = (response) => response,
}: ServiceParts): Promise<ServiceCore> {
  let publicUrl = given;
  const publish = givenPublish ?? publishUnder(() => publicUrl);
  const now = () => Math.floor(clock() / 1000);
  const { images, nonces, quota } = engines;
  const merchants = await openDirectory(engines.merchants, (err) => log.error({ err }, 'merchants'));
  const retiring = new AbortController();
  const stopping = retiring.signal;
  const inFlightLimit = settings.maxInFlightMib * MIB;
  const readiness = createReadiness(engines.ready, stopping, log);
  // The log comes last: its line has what others wrote into the trace.
  const listener = allOf([trace, logRequests(log)]);
  const throttled = throttleLog(log);
  const inFlight = createInFlight(inFlightLimit, {}, () => {
    throttled.warn(
      'uploads',
      {},
      'too many bytes are in flight: an upload whose sender is not proven made room',
    );
    listener.madeRoom('upload');
  });
  const defaultQuota = settings.quotaPerSecond;
  const services = { merchants, images, nonces, quota, defaultQuota, inFlight, publish, random, now, clock };
  const exchange = { nonces, random, listener, respond };
  const unsigned = [
    ...(settings.serveImages ? [imageRoute(images, listener.imageRead)] : []),
    ...healthRoutes(readiness),
    ...referenceRoutes(),
  ];
  const { server, close } = createHttpServer(
    [
      ...uploadRoutes(services, exchange),
      ...[certificatesRoute(services), ...routes].map((route) =>
        'scheme' in route ? callRoute(route, services, exchange) : route,
      ),
      ...unsigned.map((route) => plainRoute(route, { log, random })),
    ],
    { limits: settings, log, random, stopping, onCut: listener.cut, onMadeRoom: listener.madeRoom },
  );
  return {
    async listen({ host, port }) {
      server.listen({ host, port });
      await once(server, 'listening');
      const address = { host, port: (server.address() as AddressInfo).port };
      publicUrl ||= urlOf(address);
      return address;
    },
    publicUrl: () => publicUrl,
    retire: () => retiring.abort(),
    async close() {
      retiring.abort();
      merchants.close();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_TIME);
      await close().finally(() => clearTimeout(timer));
    },
    monitored: { server, engines, readiness, stopping, inFlight, inFlightLimit, directory: merchants, now },
  };
}

function urlOf({ host, port }: Address): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
