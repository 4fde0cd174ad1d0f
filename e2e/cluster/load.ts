import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@coupon-media/client';
import type { Credentials } from '@coupon-media/sandbox';
import { imageOf } from '../durability/images.js';
import { signedUpload } from '../support/exchange.js';
import type { Journal } from './journal.js';
import { type Load, untilStopped } from './until-stopped.js';
import { type Answered, createSender, type Verdict } from './verdict.js';

/** Bytes: one size is held in memory while it arrives, the other is written to a file. */
const SIZES = [10_000, 10_000, 150_000];
/** Milliseconds between two uploads of a client, so that the machine has spare time. */
const PAUSE = 150;
/** Milliseconds before a client tries again. */
const BEFORE_RETRY = 100;
/** Seconds for which a client repeats the same request. */
const SAME_FOR = 2;
/** Seconds by which the clocks of the clients are ahead. */
const SKEWS = [0, 0, 0, 2, 30, 280];

/**
 * Clients that upload distinct images, one after another. A refused client tries again until the image is acknowledged:
 * after a 500 with the same request, as one official SDK does, otherwise with a new signature.
 */
export function startLoad(
  credentials: Credentials,
  journal: Journal,
  { clients = 6, sdks = 2 }: { clients?: number; sdks?: number } = {},
): Load {
  const sender = createSender(credentials);
  let stopping = false;

  async function uploadOne(number: number, skew: number): Promise<void> {
    const image = imageOf(SIZES[number % SIZES.length] ?? 10_000);
    const sign = async () => {
      const timestamp = Math.floor(Date.now() / 1000) + skew;
      // One in ten requests has a final refusal and must not be accepted later either.
      const filename = number % 10 === 9 ? 'picture.gif' : `${number}.png`;
      const signed = await signedUpload(credentials, { file: image.file, filename, skew });
      return { signed, timestamp };
    };
    let repeated = false;
    for (let request = await sign(); ; ) {
      const answered: Answered = await sender.send(request.signed);
      const { url, node, answeredAt } = answered;
      const unfair: boolean = answered.verdict === '401 signed' && !repeated;
      const verdict: Verdict = unfair ? 'surprise: 401 to a request made once' : answered.verdict;
      journal.answers.push({ who: 'load', ...answered, verdict });
      if (verdict === 'acknowledged' || verdict === '400 signed') journal.settled.push({ ...request, node });
      if (verdict === 'acknowledged' && url)
        journal.acknowledged.push({ url, sha256: image.sha256, mchid: credentials.mchid, at: answeredAt });
      if (verdict === 'acknowledged' || verdict === '400 signed' || verdict.startsWith('surprise')) return;
      await sleep(BEFORE_RETRY);
      if (stopping) return;
      // After a loss of Redis' memory, only requests that were signed later are accepted.
      const old = Math.floor(Date.now() / 1000) + skew - request.timestamp > SAME_FOR;
      repeated = verdict === '500 SYSTEM_ERROR signed' && !old;
      if (!repeated) request = await sign();
    }
  }

  async function work(client: number): Promise<void> {
    for (let number = client; !stopping; number += clients) {
      await uploadOne(number, SKEWS[client % SKEWS.length] ?? 0);
      await sleep(PAUSE);
    }
  }

  async function workBySdk(sdk: number): Promise<void> {
    const { baseUrl, mchid, certificateSerialNo, privateKeyPath } = credentials;
    const { wechatPayPublicKeyId: id, wechatPayPublicKeyPath: publicKeyPath } = credentials;
    const client = createClient({
      ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath },
      wechatPayPublicKeys: [{ id, publicKeyPath }],
    });
    while (!stopping) {
      const { file, sha256 } = imageOf(20_000);
      const sentAt = performance.now();
      const uploaded = await client
        .uploadImage(file, { filename: 'sdk.png' })
        .catch((error: unknown) => ({ error: String(error) }));
      const answeredAt = performance.now();
      const error = 'error' in uploaded ? uploaded.error : undefined;
      journal.calls.push({ sdk, sentAt, answeredAt, error });
      if ('imageUrl' in uploaded)
        journal.acknowledged.push({ url: uploaded.imageUrl, sha256, mchid, at: answeredAt });
      await sleep(PAUSE);
    }
    await client.close();
  }

  const working = Promise.all([
    ...Array.from({ length: clients }, (_, client) => work(client)),
    ...Array.from({ length: sdks }, (_, sdk) => workBySdk(sdk)),
  ]);
  const stop = () => {
    stopping = true;
  };
  return untilStopped(working, stop, sender);
}
