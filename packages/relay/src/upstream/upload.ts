import type { CallEvent } from '@coupon-media/client';
import type { Account } from '../accounts/accounts.js';
import { judgeError, judgeValue } from './judge.js';
import type { UpstreamResult, UpstreamUpload } from './result.js';

/**
 * Uploads an image to the account's upstream: retries within the call, failover and verification are the client's. The bytes are not
 * hashed again; their digest is signed, so upstream refuses others.
 *
 * @returns what came of it. Never rejects
 */
export async function uploadTo(
  { client, isLocal }: Pick<Account, 'client' | 'isLocal'>,
  { endpoint, sha256, kind, filename, content, signal, onCall }: UpstreamUpload,
): Promise<UpstreamResult> {
  const hosts = new Set<string>();
  function onAttempt({ host }: CallEvent): void {
    hosts.add(host);
    onCall();
  }
  try {
    // Width and height are not sent, so that they need not be known.
    const image = { content, sha256, kind, width: 0, height: 0, filename };
    const result = await client.uploadImage(image, { endpoint, signal, onAttempt });
    const { host, attempts, requestId } = result;
    const value = 'mediaId' in result ? result.mediaId : result.imageUrl;
    return { ...judgeValue(value, requestId, { endpoint, isLocal }), host, hosts: [...hosts], attempts };
  } catch (error) {
    const { host, attempt } = Object(error) as { host?: unknown; attempt?: unknown };
    return {
      ...judgeError(error, { sha256, content, isStopped: signal.aborted }),
      host: typeof host === 'string' ? host : undefined,
      hosts: [...hosts],
      attempts: typeof attempt === 'number' ? attempt : 0,
    };
  }
}
