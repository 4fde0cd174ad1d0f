import type { Language } from '@coupon-media/apiv3';
import { type UploadEndpointName, uploadEndpoint } from '@coupon-media/apiv3';
import type { Listed, RecordedChange } from '../images/records.js';
import type { LaterUpload } from '../later/uploads.js';
import type { Preparer } from '../prepare/preparer.js';
import { Problem, problemBody } from '../problems/problem.js';
import type { PublishedValue } from '../publisher.js';

/** The answer to an upload. */
export async function uploadedView(
  { value, upstreamRequestId, reused }: PublishedValue,
  image: {
    endpoint: UploadEndpointName;
    sha256: string;
    width: number;
    height: number;
    changes: readonly RecordedChange[];
  },
  preparer: Preparer,
  language: Language,
) {
  const { endpoint, sha256, width, height, changes } = image;
  return {
    ...valueField(endpoint, value),
    ...{ sha256, width, height },
    changes: changes.length === 0 ? [] : await changeViews(changes, preparer, language),
    upstream_request_id: upstreamRequestId ?? null,
    reused,
  };
}

export async function imageView(image: Listed, preparer: Preparer, language: Language) {
  const {
    endpoint,
    sha256,
    filename,
    kind,
    bytes,
    width,
    height,
    slot = null,
    changes,
    value,
    upstreamRequestId,
    caller,
    at,
  } = image;
  return {
    ...valueField(endpoint, value),
    ...{ endpoint, sha256, filename, kind, bytes, slot, caller },
    ...{ width: width ?? null, height: height ?? null },
    changes: await changeViews(changes, preparer, language),
    upstream_request_id: upstreamRequestId ?? null,
    uploaded_at: new Date(at).toISOString(),
  };
}

export async function laterView(later: LaterUpload, preparer: Preparer, language: Language) {
  const { id, state, upload, wanted, published, problem, callbackState } = later;
  return {
    ...{ id, state, sha256: upload.sha256 },
    ...(published && { image: await uploadedView(published, { ...upload, ...wanted }, preparer, language) }),
    ...(problem !== undefined && { problem: keptProblem(problem, language) }),
    ...(callbackState && { callback: callbackState }),
  };
}

/** The JSON that uploads.failed was given. */
function keptProblem(text: string, language: Language) {
  const { code, texts, more } = JSON.parse(text) as Pick<Problem, 'code' | 'texts' | 'more'>;
  return { ...problemBody(new Problem(code, texts, { more }), language) };
}

export async function changeViews(
  changes: readonly RecordedChange[],
  preparer: Preparer,
  language: Language,
) {
  const texts = await preparer.describe(changes, language);
  return changes.map(({ code, values }, at) => ({ code, values: { ...values }, text: texts[at] ?? code }));
}

/** Whatever an endpoint calls its URL, here it is `image_url`; an id stays `media_id` (contract 1.7). */
function valueField(
  endpoint: UploadEndpointName,
  value: string,
): { image_url: string } | { media_id: string } {
  return uploadEndpoint(endpoint).responseField === 'media_id' ? { media_id: value } : { image_url: value };
}
