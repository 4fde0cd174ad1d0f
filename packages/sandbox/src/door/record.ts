import { AsyncLocalStorage } from 'node:async_hooks';
import type { DoorListener, UploadEvent } from '@coupon-media/door';
import type { Route } from '@coupon-media/server';
import type { Journal } from '../journal/journal.js';

/** Writes the uploads of the plain door into the journal, those that were refused, too. */
export interface DoorRecorder {
  readonly listener: DoorListener;
  /** @returns the route, whose uploads are written */
  around(route: Route): Route;
}

export function recordDoor({ plain }: Pick<Journal, 'plain'>): DoorRecorder {
  // The door tells of an upload while it works on the request, and before it answers.
  const underWay = new AsyncLocalStorage<{ event?: UploadEvent }>();
  return {
    listener: {
      uploaded(event) {
        const upload = underWay.getStore();
        if (upload) upload.event = event;
      },
    },
    around: (route) => ({
      ...route,
      handle(request, response, ...others) {
        if (request.method !== 'POST' || !UPLOADS.test(request.url ?? ''))
          return route.handle(request, response, ...others);
        const began = performance.now();
        const ended = plain(request);
        const upload: { event?: UploadEvent } = {};
        response.once('close', () => {
          const { statusCode: status, writableFinished: writtenWhole } = response;
          const { event } = upload;
          // Without an event it was refused before it was an upload: for its token, its host or its origin.
          const problem = event ? event.problem : `HTTP_${status}`;
          const { caller, detail, filename, sha256, requestId }: Partial<UploadEvent> = event ?? {};
          const milliseconds = performance.now() - began;
          ended(status, { caller, detail, filename, sha256, requestId, problem, milliseconds, writtenWhole });
        });
        return underWay.run(upload, () => route.handle(request, response, ...others));
      },
    }),
  };
}

const UPLOADS = /^\/v1\/images(?:\?|$)/;
