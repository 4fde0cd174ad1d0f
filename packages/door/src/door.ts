import { setMaxListeners } from 'node:events';
import type { Route } from '@coupon-media/server';
import { systemRandom } from '@coupon-media/server';
import type { DoorServices } from './http/environment.js';
import { doorRoute } from './http/route.js';
import { laterView } from './http/views.js';
import { createIdempotency } from './images/idempotency.js';
import { createIntake } from './images/intake.js';
import { createCallbacks } from './later/callbacks.js';
import { openCallbackSigner } from './later/signature.js';
import { createLaterUploads } from './later/uploads.js';
import { startWorker } from './later/worker.js';
import { createFailures } from './limits/failures.js';
import { createRate } from './limits/rate.js';
import { createRoom } from './limits/room.js';
import type { DoorOptions } from './options.js';
import { createPreparer } from './prepare/preparer.js';
import { openRecords } from './records.js';
import { createSessions } from './sessions/sessions.js';
import { createThumbnailCache } from './thumbnails/cache.js';
import { createThumbnails } from './thumbnails/thumbnails.js';
import { createAuthenticator } from './tokens/authenticate.js';
import type { TokenRecord } from './tokens/tokens.js';

/** The plain HTTP door of a service: images in, URLs out. */
export interface Door {
  /** For the `routes` of a service. */
  readonly routes: readonly Route[];
  /** Ends streams and work in progress. The service is closed after it, and then the engines. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
/** Milliseconds: how long uploads that were answered with 202 can be asked about, and between two clearings. */
const KEPT = 7 * 24 * 3_600_000;
const CLEARED = 3_600_000;

/**
 * Opens the door's tables and begins to carry out what was answered with 202.
 *
 * @throws StoreError if the tables cannot be opened, TypeError if an allowed callback is not a URL
 */
export async function createDoor(options: DoorOptions): Promise<Door> {
  const { database, images, publisher, log, now = Date.now, random = systemRandom } = options;
  const { allowed = [], ca } = options.callbacks ?? {};
  const { folder, maxBytes = 256 * MIB } = options.thumbnails;
  await openRecords(database);
  const signer = await openCallbackSigner(database, now);
  const preparer = createPreparer();
  const monotonic = () => performance.now();
  const intake = createIntake({ images, publisher, now });
  const later = createLaterUploads(database, now);
  // A receiver is a program, which reads codes.
  const callbacks = createCallbacks({ allowed, ca }, signer, (upload) => laterView(upload, preparer, 'en'));
  const idempotency = createIdempotency(database, now);
  const authenticator = createAuthenticator(database, now, (err) =>
    log.warn({ err }, "a token's last use could not be recorded"),
  );
  const sessions = createSessions(database, { authenticator, now, random });
  const stopping = new AbortController();
  // Each stream that is followed and each image that is read listens: many are no leak that Node should warn of.
  setMaxListeners(0, stopping.signal);
  const worker = startWorker({ uploads: later, intake, callbacks, log, now });
  const clearing = setInterval(() => {
    Promise.all([idempotency.purge(), later.purge(now() - KEPT), sessions.purge()]).catch((err: unknown) =>
      log.warn({ err }, 'old rows of the door could not be deleted'),
    );
  }, CLEARED).unref();
  const services: DoorServices = {
    ...{ callbacks, idempotency, intake, later, log, now, preparer, publisher, random, signer, worker },
    accounts: options.accounts,
    allowedHosts: options.allowedHosts ?? [],
    audit: options.audit,
    ...{ authenticator, sessions },
    behindTlsProxy: options.behindTlsProxy ?? false,
    deadline: (options.deadline ?? 30) * 1000,
    failures: createFailures(monotonic),
    listener: options.listener ?? {},
    maxSourceBytes: options.maxSourceBytes ?? 32 * MIB,
    rate: createRate(options.quota, monotonic),
    recent: options.recent,
    records: options.records,
    room: createRoom(options.maxHeldBytes ?? 128 * MIB),
    stopping: stopping.signal,
    thumbnails: createThumbnails(images, createThumbnailCache({ folder, maxBytes }, log), stopping.signal),
    withoutToken: options.withoutToken && pageToken(options.withoutToken, now()),
  };
  return {
    routes: [doorRoute(services)],
    async close() {
      clearInterval(clearing);
      stopping.abort();
      await worker.close();
    },
  };
}

/** What requests of the own page are taken as: a token that is in no table, so that nobody can send or revoke it. */
function pageToken(given: NonNullable<DoorOptions['withoutToken']>, createdAt: number): TokenRecord {
  const never = { quota: undefined, expiresAt: undefined, revokedAt: undefined, usedAt: undefined };
  return { ...given, ...never, id: 'page', createdAt };
}
