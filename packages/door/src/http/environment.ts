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
import type { Session, Sessions } from '../sessions/sessions.js';
import type { RecentUploads } from '../status/recent.js';
import type { Thumbnails } from '../thumbnails/thumbnails.js';
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
  readonly sessions: Sessions;
  readonly signer: CallbackSigner;
  readonly stopping: AbortSignal;
  readonly thumbnails: Thumbnails;
  /** As which requests of the own page are taken that show neither token nor session; undefined: they are refused. */
  readonly withoutToken: TokenRecord | undefined;
  readonly worker: Worker;
}

/** As whom a request is taken. */
export interface Admission {
  /** What was shown: a token, the cookie of a session, or nothing, where the own page needs nothing. */
  readonly by: 'token' | 'session' | 'page';
  readonly token: TokenRecord;
  readonly session: Session | undefined;
  /** Whether it would be admitted again: for what goes on, such as events. */
  isStill(): Promise<boolean>;
}

/** What a request of the door has with it. */
export interface DoorEnv {
  Bindings: HttpBindings;
  Variables: {
    language: Language;
    /** Of requests that were admitted. */
    admission: Admission;
    /** That of the admission: whose account, scopes and quota count. */
    token: TokenRecord;
    address: string;
    isByTls: boolean;
    /** The first half of `Request-ID`: 32 upper-case hex digits. */
    requestId: string;
  };
}
