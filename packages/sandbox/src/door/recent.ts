import { uploadEndpoints } from '@coupon-media/apiv3';
import type { RecentOutcome, UploadEvent } from '@coupon-media/door';
import type { ReceivedRequest } from '../journal/received-request.js';

/** @returns how an upload by APIv3 ended, in the words of the door's status; undefined if the request is none from outside */
export function outcomeOfRequest({
  url,
  replayOf,
  response,
}: Pick<ReceivedRequest, 'url' | 'replayOf' | 'response'>): RecentOutcome | undefined {
  const [path] = url.split('?', 1);
  if (replayOf !== undefined || !uploadEndpoints.some((endpoint) => endpoint.path === path)) return undefined;
  return outcomeOfStatus(response?.status ?? 503);
}

/** @returns how an upload by the plain door ended */
export function outcomeOfEvent({ status, reused }: Pick<UploadEvent, 'status' | 'reused'>): RecentOutcome {
  return reused ? 'reused' : outcomeOfStatus(status);
}

function outcomeOfStatus(status: number): RecentOutcome {
  if (status === 200) return 'published';
  if (status === 202) return 'accepted';
  if (status === 429) return 'waiting';
  return status < 500 ? 'refused' : 'unavailable';
}
