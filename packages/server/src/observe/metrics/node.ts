import { Gauge, type Registry } from 'prom-client';
import { gauge } from './instruments.js';

/** The values that are read when the metrics are. */
export interface Sources {
  /** Whether uploads can be taken. */
  ready(): Promise<boolean>;
  isStopping(): boolean;
  /** Bytes of the uploads in progress, the limit, and the number of uploads that wait for room. */
  inFlight(): { readonly bytes: number; readonly waiting: number };
  readonly inFlightLimit: number;
  connections(): Promise<number>;
  /** Connections that one address holds at most. */
  connectionsOfOne(): number;
  /** Addresses whose connections are read in portions. */
  addressesRationed(): number;
  readonly connectionLimit: number;
  keys(): KeyStats;
}

/** Expiry times are Unix seconds, or undefined if nothing expires. */
export interface KeyStats {
  readonly platformKeys: number;
  /** The time at which the last platform certificate expires. */
  readonly platformCertificatesUntil: number | undefined;
  readonly merchants: number;
  /** The time at which the next merchant loses its last valid certificate. */
  readonly merchantCertificateUntil: number | undefined;
  /** Merchants without a valid certificate. */
  readonly merchantsWithoutCertificate: number;
}

/** Adds the metrics of this node: its activity, its limits, and its build. */
export function watchNode(
  registry: Registry,
  sources: Sources,
  build: Readonly<Record<string, string>>,
): void {
  asynchronous('coupon_media_ready', '1 where uploads can be taken, as /readyz reports, else 0.', async () =>
    Number(await sources.ready()),
  );
  of('stopping', '1 once the service has begun to stop.', () => Number(sources.isStopping()));
  of(
    'in_flight_bytes',
    'Bytes that count against the limit of all uploads under way.',
    () => sources.inFlight().bytes,
  );
  of('in_flight_limit_bytes', 'That limit.', () => sources.inFlightLimit);
  of(
    'uploads_waiting',
    'Uploads that wait for room among those under way.',
    () => sources.inFlight().waiting,
  );
  asynchronous('coupon_media_connections_open', 'Connections of clients that are open.', sources.connections);
  of(
    'connections_one_address',
    'Connections of clients that the address which has most has; of IPv6, the network of 64 bits.',
    sources.connectionsOfOne,
  );
  of(
    'addresses_rationed',
    'Addresses that sent what takes long to parse, so that their connections are read in portions.',
    sources.addressesRationed,
  );
  of('connections_limit', 'Connections of clients at most.', () => sources.connectionLimit);
  of('platform_keys', 'Platform keys that sign responses now.', () => sources.keys().platformKeys);
  of(
    'platform_certificate_expiry_timestamp_seconds',
    'When the last platform certificate expires, in Unix time; absent where there is none.',
    () => sources.keys().platformCertificatesUntil,
  );
  of('merchants', 'Merchants that may call.', () => sources.keys().merchants);
  of(
    'merchant_certificate_expiry_timestamp_seconds',
    'When the next merchant loses its last valid certificate, in Unix time; absent where there is none.',
    () => sources.keys().merchantCertificateUntil,
  );
  of(
    'merchants_without_certificate',
    'Merchants that may call but have no certificate that is neither expired nor revoked.',
    () => sources.keys().merchantsWithoutCertificate,
  );
  new Gauge({
    name: 'coupon_media_build_info',
    help: "Always 1; its labels are the version, Node's, and the kind of engines.",
    labelNames: Object.keys(build),
    registers: [registry],
  }).set(build, 1);

  function of(name: string, help: string, read: () => number | undefined): void {
    gauge(registry, `coupon_media_${name}`, help, read);
  }

  function asynchronous(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
