import type { Text, UploadEndpointName } from '@coupon-media/apiv3';
import type { Random, ServiceLog } from '@coupon-media/server';
import type { Database, ImageStore, Quota } from '@coupon-media/server/engine';
import type { ImageRecords } from './images/records.js';
import type { CallbackOptions } from './later/callbacks.js';
import type { Publisher } from './publisher.js';
import type { RecentUploads } from './status/recent.js';
import type { TokenRecord } from './tokens/tokens.js';

export interface DoorOptions {
  readonly images: Pick<ImageStore, 'draft' | 'read'>;
  readonly database: Database;
  readonly publisher: Publisher;
  /** The images that have their URL, by whichever door they came. */
  readonly records: ImageRecords;
  readonly accounts: DoorAccounts;
  /** Counts the uploads of a token; all nodes share that of their engines. */
  readonly quota: Quota;
  readonly log: ServiceLog;
  /** Names beside those of the loopback under which the door answers without TLS, without a port. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Whether a proxy that ends TLS stands in front: then `X-Forwarded-Proto: https` says that a request came by TLS, and the last address
   * of `X-Forwarded-For` is that of the sender. Default: false; tokens are taken by TLS and from this machine alone.
   */
  readonly behindTlsProxy?: boolean | undefined;
  /** Where callbacks may go, and whom they trust. Default: nowhere. */
  readonly callbacks?: CallbackOptions | undefined;
  /** Seconds for which a request waits for its URL. Default: 30. */
  readonly deadline?: number | undefined;
  /** The largest source of an image that is to be prepared, in bytes. Default: 32 MiB. */
  readonly maxSourceBytes?: number | undefined;
  /** Bytes of all bodies that are in memory at a time. Default: 128 MiB. */
  readonly maxHeldBytes?: number | undefined;
  /**
   * Where this node keeps thumbnails, which it makes again if they are deleted, and how many bytes of the disk they may take. Default of the
   * bytes: 256 MiB.
   */
  readonly thumbnails: { readonly folder: string; readonly maxBytes?: number | undefined };
  readonly listener?: DoorListener | undefined;
  /**
   * As what requests of the service's own page are taken that show no token: for a service that is one person's, such as a sandbox.
   * Sessions are not needed then. Default: they are refused.
   */
  readonly withoutToken?: Pick<TokenRecord, 'account' | 'name' | 'scopes'> | undefined;
  /** What `GET /v1/audit` gives a token of scope admin. Default: there is none. */
  readonly audit?: ReadAudit | undefined;
  /** What `GET /v1/status` shows. Whoever mounts the door notes the uploads of all doors in it. Default: there is no status. */
  readonly recent?: RecentUploads | undefined;
  /** Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Default: the randomness of Node. */
  readonly random?: Random | undefined;
}

/** The accounts that tokens may be for. */
export interface DoorAccounts {
  /** @returns the endpoints that the account may upload to, the one that is meant by default first; undefined if there is no such account */
  endpoints(account: string): readonly UploadEndpointName[] | undefined;
}

/** @returns lines of NDJSON with their line feeds, the oldest first. Times are Unix milliseconds; `after` is the id of the last line read */
export type ReadAudit = (query: {
  readonly account: string;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly caller?: string | undefined;
  /** 64 lower-case hex digits: what happened to one image. */
  readonly sha256?: string | undefined;
  readonly after?: string | undefined;
}) => AsyncIterable<string>;

/** Observes the door, for audit and metrics. What a listener throws is logged. */
export interface DoorListener {
  /** An upload of the door has ended; one that is answered later ends with its 202. */
  uploaded?(event: UploadEvent): void;
  /** A sound token was sent where others could read it. It should be revoked. */
  compromised?(event: CompromisedToken): void;
}

export interface UploadEvent {
  /** The first half of the response's `Request-ID`. */
  readonly requestId: string;
  /** `cmr_` and the public part of the token. */
  readonly caller: string;
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  /** Of the bytes that were uploaded, as far as they are known. */
  readonly sha256: string | undefined;
  readonly filename: string | undefined;
  readonly slot: string | undefined;
  /** The codes of the changes that preparation made. */
  readonly changes: readonly string[];
  /** 200, 202, or the status of the problem. */
  readonly status: number;
  /** The code of the problem, if there is one. */
  readonly problem: string | undefined;
  /** What is wrong, and what to do. */
  readonly detail: Text | undefined;
  readonly value: string | undefined;
  readonly reused: boolean;
  readonly upstreamRequestId: string | undefined;
  readonly milliseconds: number;
}

export interface CompromisedToken {
  /** `cmr_` and the public part. */
  readonly token: string;
  readonly account: string;
  /** `url`: it stood in a URL, which proxies and histories keep. `clear`: it came without TLS from another machine. */
  readonly how: 'url' | 'clear';
  readonly address: string;
}
