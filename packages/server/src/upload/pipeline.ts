import type { Readable } from 'node:stream';
import type { InFlight, Place } from '../limits/index.js';
import type { ImageStore } from '../stores/index.js';
import { type AdmitServices, admit } from './admit.js';
import { answerStored } from './answer.js';
import { authenticate } from './authenticate.js';
import { enter } from './enter.js';
import { type IdentifyServices, identify, type UploadHead } from './identify.js';
import { conclude, type Outcome, type Progress } from './outcome.js';
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
 * @returns undefined where the sender went away before the body's end
 */
export function handleUpload(
  request: UploadRequest,
  services: UploadServices,
): Promise<Outcome<StoredUpload> | undefined> {
  return conclude(
    request,
    services,
    (progress) =>
      enter(request.head.header('content-length'), services.inFlight, (place) =>
        runStages(counted(request, place), services, progress),
      ),
    (stored, context) => answerStored(request.head, stored, context),
  );
}

async function runStages(
  { requestId, head, body }: UploadRequest,
  services: UploadServices,
  progress: Progress,
): Promise<StoredUpload> {
  const sender = identify(head, services);
  progress.merchant = sender.merchant.id;
  const receiving = receive(sender, body, services.images);
  try {
    const authenticated = await authenticate(sender, await receiving.meta, services.merchants);
    progress.seal = { signer: authenticated.answerSigner, scheme: head.scheme };
    const admitted = await admit(authenticated, services, (nonce) => {
      progress.nonce = nonce;
    });
    const validated = validate(admitted, await receiving.rest());
    return await store(validated, requestId, services);
  } catch (error) {
    receiving.discard();
    throw error;
  }
}

/** A request whose place is told of the body's bytes as they arrive. */
function counted(request: UploadRequest, place: Place): UploadRequest {
  return {
    ...request,
    body: () => request.body().on('data', (chunk: Buffer) => place.arrived(chunk.length)),
  };
}
