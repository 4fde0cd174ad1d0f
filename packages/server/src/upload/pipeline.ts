import type { Readable } from 'node:stream';
import type { InFlight, Place } from '../limits/index.js';
import type { ImageStore } from '../stores/index.js';
import { type AdmitServices, admit } from './admit.js';
import { answerStored } from '../signed/response.js';
import { authenticate } from '../signed/authenticate.js';
import { type Course, createCourse } from '../signed/trace.js';
import { enter } from './enter.js';
import { type IdentifyServices, identify, type UploadHead } from '../signed/identify.js';
import { conclude, type Outcome, type Progress } from '../signed/outcome.js';
import { receive } from './receive.js';
import { type StoredUpload, type StoreServices, store } from './store.js';
import { validate } from './validate.js';

export interface UploadServices extends IdentifyServices, AdmitServices, StoreServices {
  readonly images: ImageStore;
  readonly inFlight: InFlight;
}

/** An upload as HTTP brings it. */
export interface UploadRequest {
  readonly requestId: string;
  readonly head: UploadHead;
  /** Opens the body: a sender that waits to be told (`Expect: 100-continue`) is told to go on. */
  body(): Readable;
}

/**
 * The way of one upload, stage by stage.
 *
 * @param course told when each begins
 * @returns undefined where the sender went away before the body's end
 */
export function handleUpload(
  request: UploadRequest,
  services: UploadServices,
  course: Course = createCourse(),
): Promise<Outcome<StoredUpload> | undefined> {
  return conclude(
    request,
    services,
    async (progress) => {
      course.begin('enter');
      try {
        return await enter(request.head.header('content-length'), services.inFlight, (place) =>
          runStages(counted(request, place, course), services, progress, course),
        );
      } catch (error) {
        course.refuse();
        throw error;
      }
    },
    (stored, context) => {
      course.begin('answer');
      return answerStored(request.head, stored, context);
    },
  );
}

async function runStages(
  { requestId, head, body }: UploadRequest,
  services: UploadServices,
  progress: Progress,
  course: Course,
): Promise<StoredUpload> {
  course.begin('identify');
  const sender = identify(head, services);
  progress.merchant = sender.merchant.id;
  course.begin('receive');
  const receiving = receive(sender, body, services.images);
  try {
    const meta = await receiving.meta;
    course.begin('authenticate');
    const authenticated = await authenticate(sender, meta, services.merchants);
    progress.seal = { signer: authenticated.answerSigner, scheme: head.scheme };
    course.begin('admit');
    const admitted = await admit(authenticated, services, (nonce) => {
      progress.nonce = nonce;
    });
    course.begin('receive');
    const received = await receiving.rest();
    course.begin('validate');
    const validated = validate(admitted, received);
    course.begin('store');
    return await store(validated, requestId, services);
  } catch (error) {
    receiving.discard();
    throw error;
  }
}

/** A request whose place and course are told of the body's bytes as they arrive. */
function counted(request: UploadRequest, place: Place, course: Course): UploadRequest {
  return {
    ...request,
    body: () =>
      request.body().on('data', ({ length }: Buffer) => {
        course.received += length;
        place.arrived(length);
      }),
  };
}
