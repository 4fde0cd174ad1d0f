import { createHash } from 'node:crypto';
import { type UploadEndpointName, uploadEndpoint } from '@coupon-media/apiv3';
import {
  ApiError,
  ForgedResponseError,
  MalformedResponseError,
  NetworkError,
  SigningError,
  TimeoutError,
} from '@coupon-media/client';
import type { TroubleKind, UpstreamOutcome } from './result.js';

/** Characters that a URL may have where it is used (contract 1.4). */
const VALUE_LIMIT = 256;

/**
 * Judges a value that upstream signed: a URL of more than 256 characters, or without TLS, could not stand in a coupon (contract 12.1).
 *
 * @param isLocal whether upstream is a sandbox on this machine, whose URLs have no TLS
 */
export function judgeValue(
  value: string,
  requestId: string | undefined,
  { endpoint, isLocal }: { endpoint: UploadEndpointName; isLocal: boolean },
): UpstreamOutcome {
  const isId = uploadEndpoint(endpoint).responseField === 'media_id';
  const isUsable = value.length <= VALUE_LIMIT && (isId ? /^[!-~]+$/.test(value) : isUrl(value, isLocal));
  if (isUsable) return { outcome: 'published', value, requestId: requestId ?? '' };
  return trouble(
    'unusable',
    'VALUE_UNUSABLE',
    new Error(`upstream gave a value of ${value.length} characters that cannot be used`),
  );
}

function isUrl(value: string, isLocal: boolean): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol } = new URL(value);
  return protocol === 'https:' || (isLocal && protocol === 'http:');
}

/**
 * Decides whose mistake an error of the client is. Only what upstream itself says of the image (400) or of the permission (403), and signs,
 * is the caller's to know.
 */
export function judgeError(
  error: unknown,
  { sha256, content, isStopped }: { sha256: string; content: Buffer; isStopped: boolean },
): UpstreamOutcome {
  if (isStopped) return { outcome: 'stopped' };
  if (error instanceof ApiError) return judgeRefusal(error, { sha256, content });
  const kind = KINDS.find(([type]) => error instanceof type)?.[1] ?? 'refusesUs';
  const { code } = Object(error) as { code?: unknown };
  return trouble(kind, typeof code === 'string' ? code : 'UNKNOWN', error);
}

/** Errors without a refusal of upstream. Any other is one of the account's options, which its operator set. */
const KINDS = [
  [NetworkError, 'away'],
  [TimeoutError, 'away'],
  [ForgedResponseError, 'forged'],
  [MalformedResponseError, 'unusable'],
  [SigningError, 'signer'],
] as const;

function judgeRefusal(
  error: ApiError,
  { sha256, content }: { sha256: string; content: Buffer },
): UpstreamOutcome {
  const { status, code, verified, message, requestId, retryAfter } = error;
  if (status === 429) return { outcome: 'slowed', retryAfter };
  if (status >= 500) return trouble('away', code, error);
  // A gateway may answer with these statuses as well, and upstream itself before it has authenticated the relay (contract 3.5).
  if (!verified || (status !== 400 && status !== 403))
    return trouble(status === 401 ? 'refusesUs' : refusedBy(error), code, error);
  // The service compared digest and bytes when they arrived: if they differ by now, the store has damaged them.
  if (status === 400 && createHash('sha256').update(content).digest('hex') !== sha256)
    return trouble('image', code, error);
  return { outcome: 'refused', status, code, message: textOf(error, message), requestId };
}

/** Upstream's own words, without the status that the error's message may begin with. */
function textOf({ rawBody }: ApiError, fallback: string): string {
  try {
    const { message } = Object(JSON.parse(rawBody.toString())) as { message?: unknown };
    return typeof message === 'string' ? message : fallback;
  } catch {
    return fallback;
  }
}

function refusedBy({ fromGateway }: ApiError): TroubleKind {
  return fromGateway ? 'away' : 'refusesUs';
}

function trouble(kind: TroubleKind, code: string, cause: unknown): UpstreamOutcome {
  return { outcome: 'trouble', kind, code, cause };
}
