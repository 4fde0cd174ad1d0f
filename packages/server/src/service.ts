import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Engines } from './engines/index.js';
import { certificatesRoute } from './http/certificates.js';
import { healthRoutes } from './http/health.js';
import { imageRoute } from './http/images.js';
import { plainRoute } from './http/plain.js';
import { referenceRoutes } from './http/reference.js';
import { createHttpServer, type TlsIdentity } from './http/server.js';
import type { Respond } from './http/signed.js';
import { callRoute, uploadRoutes } from './http/signed-routes.js';
import type { Route } from './http/table.js';
import { createInFlight } from './limits/in-flight.js';
import { openDirectory } from './merchants/directory.js';
import type { MonitoredService } from './monitoring.js';
import { recordKeyUses } from './observe/key-uses.js';
import { allOf, type ServiceListener } from './observe/listener.js';
import { logRequests, type ServiceLog } from './observe/log.js';
import { createReadiness } from './observe/readiness.js';
import { throttleLog } from './observe/throttled-log.js';
import type { ServiceConfig } from './settings/config.js';
import type { SignedRoute } from './signed/call.js';
import { type Random, systemRandom } from './signed/random.js';
import { type Publish, publishUnder } from './upload/publish.js';
import type { AddToCommit } from './upload/store.js';

/** The settings that every service needs, whatever its address and its engines. */
export type ServiceSettings = Pick<
  ServiceConfig,
  | 'maxConnections'
  | 'maxInFlightMib'
  | 'minRateBytesPerSecond'
  | 'minRateWindowSeconds'
  | 'quotaPerSecond'
  | 'serveImages'
>;

/** The parts that a service is composed of. */
export interface ServiceParts {
  /** The engines: open, and with a platform key in them. The caller closes them after the service. */
  readonly engines: Engines;
  readonly settings: ServiceSettings;
  /** Receives a line for each signed request, and errors. */
  readonly log: ServiceLog;
  /** Unix milliseconds. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Default: the randomness of Node. */
  readonly random?: Random;
  /** The beginning of image URLs, without a slash at the end. Default: the address on which the service listens. */
  readonly publicUrl?: string | undefined;
  /** Gives a stored image its URL. Default: a URL under the public URL, where this service serves the image. */
  readonly publish?: Publish;
  /** Writes beside each image, in its commit. Default: nothing is written. */
  readonly addition?: AddToCommit | undefined;
  /** Routes beside uploads and certificates: signed requests, or routes that write their own responses. */
  readonly routes?: readonly (SignedRoute | Route)[];
  /** The state of what the service does not depend on, for `/readyz` beside its verdict. Default: none. */
  readonly beside?: () => object;
  /** Observes requests, images and connections. */
  readonly trace?: ServiceListener;
  /** Certificate and key of the port. Default: plain HTTP, for a proxy in front. */
  readonly tls?: TlsIdentity | undefined;
  /** Receives each signed response before it is written, and may replace it. Default: returns it unchanged. */
  readonly respond?: Respond;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A service that does not listen yet. */
export interface ServiceCore {
  /**
   * Starts to listen.
   *
   * @param address port 0 takes any free port
   * @returns the address with the port that was taken
   * @throws the error of the operating system
   */
  listen(address: Address): Promise<Address>;
  /** The beginning of image URLs; '' while only the port can tell. */
  publicUrl(): string;
  /** Ends readiness and adds `Connection: close` to every response. Requests are still accepted. */
  retire(): void;
  /**
   * Accepts no new connection, responds to the requests in progress, and closes. Requests that take longer than 10 s
   * are cut off.
   */
  close(): Promise<void>;
  /** The parts of the service that metrics read. */
  readonly monitored: MonitoredService;
}

const MIB = 1024 * 1024;

/** Milliseconds within which requests in progress may end after `close`. */
const DRAIN_TIME = 10_000;

/**
 * Composes a service from its parts. Another clock, other URLs, more routes or other responses are other parts of the
 * same composition; `startService` is the default one.
 *
 * @returns a service that does not listen yet
 * @throws NoPlatformKeyError if the engines hold no platform key, StoreError if they cannot be read
 */
export async function createService({
  engines,
  settings,
  log,
  clock = Date.now,
  random = systemRandom,
  publicUrl: given = '',
  publish: givenPublish,
  addition,
  routes = [],
  beside = () => ({}),
  trace = {},
  tls,
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
  const keyUses = recordKeyUses(engines.merchants.recordPlatformKeyUses, now, (err) =>
    log.warn({ err }, 'when platform keys signed could not be recorded'),
  );
  // The log comes last, because its line contains what the other listeners wrote into the trace.
  const listener = allOf([trace, keyUses.listener, logRequests(log)]);
  const throttled = throttleLog(log);
  // The other half of the connections is for those that are refused: a connection that is closed in place of it reads nothing.
  const backlog = { most: settings.maxConnections / 2 };
  const inFlight = createInFlight(inFlightLimit, { backlog }, () => {
    throttled.warn(
      'uploads',
      {},
      'too many bytes are in flight: an upload of an unauthenticated sender made room',
    );
    listener.madeRoom('upload');
  });
  const defaultQuota = settings.quotaPerSecond;
  const services = {
    ...{ merchants, images, nonces, quota, defaultQuota, inFlight },
    ...{ publish, addition, random, now, clock },
  };
  const exchange = { nonces, random, listener, respond };
  const unsigned = [
    ...(settings.serveImages ? [imageRoute(images, listener.imageRead)] : []),
    ...healthRoutes(readiness, beside),
    ...referenceRoutes(),
  ];
  const { server, close, mostOfOneHolder, rationed } = createHttpServer(
    [
      ...uploadRoutes(services, exchange, ({ remoteAddress }) => {
        throttled.warn('overload', { remoteAddress }, 'uploads wait too long: one more was refused');
        listener.overloaded();
      }),
      ...[certificatesRoute(services), ...routes].map((route) =>
        'scheme' in route ? callRoute(route, services, exchange) : route,
      ),
      ...unsigned.map((route) => plainRoute(route, { log, random })),
    ],
    {
      ...{ limits: settings, tls, log, random, stopping },
      ...{ onCut: listener.cut, onMadeRoom: listener.madeRoom, onTurnedAway: listener.turnedAway },
    },
  );
  return {
    async listen({ host, port }) {
      server.listen({ host, port });
      await once(server, 'listening');
      const address = { host, port: (server.address() as AddressInfo).port };
      publicUrl ||= urlOf(tls ? 'https' : 'http', address);
      return address;
    },
    publicUrl: () => publicUrl,
    retire: () => retiring.abort(),
    async close() {
      retiring.abort();
      merchants.close();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_TIME);
      await close().finally(() => clearTimeout(timer));
      await keyUses.close();
    },
    monitored: {
      ...{ server, connectionsOfOne: mostOfOneHolder, addressesRationed: rationed },
      ...{ engines, readiness, stopping },
      ...{ inFlight, inFlightLimit, directory: merchants, now },
    },
  };
}

function urlOf(scheme: 'http' | 'https', { host, port }: Address): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
