import type { Readable } from 'node:stream';
import type { InFlight, Permit } from '../limits/index.js';
import { authenticate } from '../signed/authenticate.js';
import { type IdentifyServices, identify } from '../signed/identify.js';
import { conclude, type OutcomeServices } from '../signed/outcome.js';
import type { Response, UnsignedResponse } from '../signed/response.js';
import type { Trace } from '../signed/trace.js';
import type { ImageStore } from '../stores/index.js';
import { type AdmitServices, admit } from './admit.js';
import { enter, type UploadHead } from './enter.js';
import { type Publish, publishImage } from './publish.js';
import { type Receiving, receive } from './receive.js';
import { type StoreServices, store } from './store.js';
import { validate } from './validate.js';

export interface UploadServices extends IdentifyServices, AdmitServices, StoreServices, OutcomeServices {
  readonly images: ImageStore;
  readonly inFlight: InFlight;
  readonly publish: Publish;
}

/** An upload as HTTP delivers it. */
export interface UploadRequest {
  readonly head: UploadHead;
  /** Opens the body. If the sender waits for `100 Continue`, it is sent. */
  body(): Readable;
  /** Calls back if the connection ends before its response. @returns ends it */
  whenGone(act: () => void): () => void;
}

/**
 * Runs the stages of one upload in order.
 *
 * @param trace is written by the stages
 * @returns undefined if the sender disconnected before the body's end
 */
export function handleUpload(
  request: UploadRequest,
  services: UploadServices,
  trace: Trace,
): Promise<Response | undefined> {
  return conclude(trace, services, () => runStages(request, services, trace));
}

async function runStages(
  { head, body, whenGone }: UploadRequest,
  services: UploadServices,
  trace: Trace,
): Promise<UnsignedResponse> {
  let receiving: Receiving | undefined;
  trace.begin('enter');
  const permit = await enter(head, services.inFlight, (refusal) => receiving?.refuse(refusal));
  try {
    trace.begin('identify');
    const sender = identify(head, services, trace);
    trace.begin('receive');
    receiving = receive(sender, () => counted(body(), permit, trace), services.images);
    const meta = await receiving.meta;
    trace.begin('authenticate');
    const authenticated = await authenticate(sender, meta, services, trace);
    trace.begin('admit');
    const admitted = await admit(authenticated, permit, services, trace);
    trace.begin('receive');
    const received = await receiving.rest();
    permit.arrivedWhole();
    trace.begin('validate');
    const validated = validate(admitted, received);
    trace.begin('store');
    const stored = await store(validated, services, trace);
    // The image is durable. Whoever keeps its bytes for its URL, however long that takes, does so within a bound of its own.
    permit.leave();
    trace.begin('publish');
    const { field, value } = await publishImage(stored, services.publish, { whenGone });
    return { body: JSON.stringify({ [field]: value }) };
  } finally {
    // The draft of a stored image has been committed, so there is nothing to discard.
    if (!trace.stored) receiving?.discard();
    permit.leave();
  }
}

/** Reports the bytes of a body to the permit and to the trace as they arrive. */
function counted(body: Readable, permit: Permit, trace: Trace): Readable {
  return body.on('data', (bytes: Buffer) => {
    trace.receive(bytes);
    permit.arrived(bytes.length);
  });
}
