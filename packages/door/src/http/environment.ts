import type { Language } from '@coupon-media/apiv3';
import type { Random, ServiceLog } from '@coupon-media/server';
import type { HttpBindings } from '@hono/node-server';
import type { Idempotency } from '../images/idempotency.js';
import type { Intake } from '../images/intake.js';
import type { ImageRecords } from '../images/records.js';
import type { Callbacks } from '../later/callbacks.js';
import type { CallbackSigner } from '../later/signature.js';
import type { LaterUploads } from '../later/uploads.js';
import type { Worker } from '../later/worker.js';
import type { Failures } from '../limits/failures.js';
import type { Rate } from '../limits/rate.js';
import type { Room } from '../limits/room.js';
import type { DoorAccounts, DoorListener, ReadAudit } from '../options.js';
import type { Preparer } from '../prepare/preparer.js';
import type { Publisher } from '../publisher.js';
import type { RecentUploads } from '../status/recent.js';
import type { Authenticator } from '../tokens/authenticate.js';
import type { TokenRecord } from '../tokens/tokens.js';

/** What the routes of the door stand on. */
export interface DoorServices {
  readonly accounts: DoorAccounts;
  readonly allowedHosts: readonly string[];
  readonly audit: ReadAudit | undefined;
  readonly authenticator: Authenticator;
  readonly behindTlsProxy: boolean;
  readonly callbacks: Callbacks;
  readonly failures: Failures;
  readonly idempotency: Idempotency;
  readonly intake: Intake;
  readonly later: LaterUploads;
  readonly listener: DoorListener;
  readonly log: ServiceLog;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds for which a request may wait for its URL. */
  readonly deadline: number;
  /** Bytes of an image that is to be prepared. */
  readonly maxSourceBytes: number;
  readonly preparer: Preparer;
  readonly publisher: Publisher;
  readonly random: Random;
  readonly rate: Rate;
  readonly recent: RecentUploads | undefined;
  readonly records: ImageRecords;
  readonly room: Room;
  readonly signer: CallbackSigner;
  readonly stopping: AbortSignal;
  readonly worker: Worker;
}

/** What a request of the door has with it. */
export interface DoorEnv {
  Bindings: HttpBindings;
  Variables: {
    language: Language;
    /** Of requests whose token was accepted. */
    token: TokenRecord;
    address: string;
    /** The first half of `Request-ID`: 32 upper-case hex digits. */
    requestId: string;
  };
}
