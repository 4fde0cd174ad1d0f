import path from 'node:path';
import { type SchemeName, type UploadEndpointName, uploadEndpoints } from '@coupon-media/apiv3';
import { createDoor, type Door, type RecentUploads, type UploadEvent } from '@coupon-media/door';
import { isCluster, type ServiceConfig } from '@coupon-media/server';
import type { AuditEntry, AuditOutcome } from './audit/entry.js';
import { outboxImages } from './outbox/images.js';
import type { RelayParts } from './parts.js';

/** Opens the plain HTTP door of a relay. What it answers is audited like the answers of the APIv3 door. */
export function openPlainDoor(
  { engines, accounts, publisher, audit, alarms, log, clock }: RelayParts,
  config: ServiceConfig,
  recent: RecentUploads,
): Promise<Door> {
  const { behindTlsProxy, callerDeadlineSeconds, host, allowedHosts = [], callbackUrls = [] } = config;
  return createDoor({
    ...{ images: engines.images, database: engines.database, quota: engines.quota },
    ...{ publisher, recent, records: outboxImages(engines.database) },
    ...{ log, now: clock, behindTlsProxy, deadline: callerDeadlineSeconds },
    ...{ allowedHosts: [host, ...allowedHosts], audit: audit.lines, callbacks: { allowed: callbackUrls } },
    accounts: {
      endpoints(name) {
        const account = accounts.find(name);
        return account && ENDPOINTS[account.scheme];
      },
    },
    thumbnails: { folder: thumbnailFolder(config) },
    listener: {
      uploaded: (event) => audit.note(entryOf(event, clock())),
      compromised({ token, account, address, how }) {
        alarms.raise('TOKEN_COMPROMISED', token, { account, detail: token, host: address });
        audit.note({
          ...({ at: clock(), event: 'token-compromised', outcome: 'done', door: 'plain' } as const),
          ...{ caller: token, account, subject: token, code: how },
        });
      },
    },
  });
}

/** Of this node alone: what is in it can be made again. */
function thumbnailFolder(config: ServiceConfig): string {
  return isCluster(config)
    ? path.join(config.uploadTempDir, 'coupon-media-thumbnails')
    : path.join(config.data, 'thumbnails');
}

/** The endpoints of an account by its kind, that of coupon images first. */
const ENDPOINTS: Readonly<Record<SchemeName, readonly UploadEndpointName[]>> = {
  merchant: endpointsOf('merchant'),
  brand: endpointsOf('brand'),
};

function endpointsOf(kind: SchemeName): readonly UploadEndpointName[] {
  return uploadEndpoints.filter(({ scheme }) => scheme === kind).map(({ name }) => name);
}

function entryOf(event: UploadEvent, at: number): AuditEntry {
  const { caller, account, endpoint, sha256, filename, slot, changes, problem, value, requestId } = event;
  return {
    ...({ at, event: 'request', door: 'plain' } as const),
    ...{ caller, account, endpoint, sha256, filename, slot, value, requestId },
    outcome: event.reused ? 'reused' : outcomeOf(event.status),
    changes: changes.length === 0 ? undefined : changes,
    code: problem,
    upstreamRequestId: event.upstreamRequestId,
    milliseconds: Math.round(event.milliseconds),
  };
}

function outcomeOf(status: number): AuditOutcome {
  if (status === 200) return 'published';
  if (status === 202) return 'accepted';
  if (status === 429) return 'waiting';
  return status < 500 ? 'refused' : 'unavailable';
}
