import {
  BilingualError,
  type Evidence,
  filled,
  signRequest,
  type Text,
  withReason,
} from '@coupon-media/apiv3';
import { abortable } from './abort.js';
import { type AttemptInfo, ClientError, NetworkError, SigningError, TimeoutError } from './errors.js';
import { exchange } from './exchange.js';
import { type AttemptResult, type CallEvent, callHook } from './hooks.js';
import { createHosts, type HostLease } from './hosts.js';
import type { Settings } from './options.js';
import type { OwnKey } from './own-key.js';
import { type ReceivedResponse, retryAfterSeconds } from './response.js';
import { isHostFailure, type Outcome, retryDelay } from './retry.js';

/** A call to sign and send. */
export interface Call {
  /** Upper case. */
  method: string;
  /** Path and query exactly as sent. */
  path: string;
  /** The signed body: the body itself, or the meta of an upload (contract 2.2). */
  signed: string;
  contentType: string | undefined;
  pieces: readonly Uint8Array[];
  /** Whether a second arrival does no harm, so that every temporary failure may be retried. */
  idempotent: boolean;
  /** The key with which the service is asked to sign the response (contract 3.4). */
  wechatpaySerial: string | undefined;
  signal: AbortSignal | undefined;
  onAttempt?: ((event: CallEvent) => void) | undefined;
  onProgress: ((progress: UploadProgress) => void) | undefined;
}

/** How much of the body an attempt has sent. */
export interface UploadProgress {
  /** Bytes of the body that the socket accepted. */
  sent: number;
  /** Bytes of the body. */
  total: number;
  /** The number of the attempt, from 1. Each attempt starts at zero bytes. */
  attempt: number;
}

/** Signs and sends a call, with retries, and returns the response before it is verified. */
export interface Transport {
  /** @throws NetworkError, TimeoutError, AbortedError, SigningError */
  send(call: Call): Promise<ReceivedResponse>;
}

/** The main host, the backup when it fails, three retries at most, each freshly signed (contract 6.2, 6.3). */
export function createTransport(settings: Settings): Transport {
  const { hooks, effects, limiter, retries } = settings;
  const hosts = createHosts(settings.hosts, {
    ...settings.failover,
    now: effects.now,
    onChange: (host, state) => callHook(hooks.onHostChange, { host, state }),
  });

  /** @returns the response or a temporary failure; other failures are thrown */
  async function attemptOnce(call: Call, lease: HostLease, event: CallEvent, left: number): Promise<Outcome> {
    const started = performance.now();
    const end = (result: AttemptResult): void =>
      callHook(hooks.onAttemptEnd, { ...event, ...result, milliseconds: performance.now() - started });
    callHook(hooks.onAttempt, event);
    callHook(call.onAttempt, event);
    try {
      const outcome = await sendSigned(call, event, settings, left);
      (isHostFailure(outcome) ? lease.failed : lease.succeeded)();
      end(resultOf(outcome));
      return outcome;
    } catch (error) {
      lease.released();
      end({ ...NO_RESPONSE, error: error instanceof ClientError ? error.code : undefined });
      throw error;
    }
  }

  return {
    async send(call) {
      const about = { call: nextCallNumber(), method: call.method, path: call.path.replace(/\?.*/s, '') };
      let failedHost: string | undefined;
      let left = settings.deadlines.total;
      for (let attempt = 1; ; attempt += 1) {
        await limiter.turn(call.signal);
        const lease = hosts.lease(failedHost);
        const event = { ...about, host: lease.host, attempt };
        const started = performance.now();
        const outcome = await attemptOnce(call, lease, event, left);
        const retryAfter =
          'response' in outcome ? retryAfterSeconds(outcome.response, effects.now()) : undefined;
        const idempotent = call.idempotent;
        const delay = retryDelay(outcome, {
          attempt,
          retries,
          idempotent,
          retryAfter,
          random: effects.random(),
        });
        if (delay === undefined) return receivedOf(outcome);
        // A wait that the service asks for does not count.
        left -= performance.now() - started + (retryAfter === undefined ? delay : 0);
        if (left <= 0) return receivedOf(outcome);
        callHook(hooks.onRetry, { ...event, ...resultOf(outcome), delay });
        await abortable(effects.sleep(delay, call.signal), call.signal);
        failedHost = isHostFailure(outcome) ? lease.host : undefined;
      }
    },
  };
}

let lastCallNumber = 0;

function nextCallNumber(): number {
  lastCallNumber += 1;
  return lastCallNumber;
}

const NO_RESPONSE = { status: undefined, requestId: undefined };

function resultOf(outcome: Outcome): AttemptResult {
  if ('error' in outcome) return { ...NO_RESPONSE, error: outcome.error.code };
  const { status, requestId } = outcome.response;
  return { status, requestId, error: undefined };
}

function receivedOf(outcome: Outcome): ReceivedResponse {
  if ('error' in outcome) throw outcome.error;
  return outcome;
}

/** @throws AbortedError, SigningError */
async function sendSigned(
  call: Call,
  { host, attempt }: AttemptInfo,
  settings: Settings,
  left: number,
): Promise<Outcome> {
  const begun = performance.now();
  const key = settings.ownKeys.at(settings.effects.now());
  const signing = withinDeadline(authorize(call, key, settings), left);
  const authorization = await abortable(signing, call.signal);
  const evidence = evidenceOf(call, authorization, key, settings);
  const { method, path, pieces, signal } = call;
  try {
    const { status, headers, body } = await exchange(
      { method, path, pieces, headers: requestHeaders(call, settings, authorization) },
      {
        host,
        attempt,
        proxy: settings.proxyOf(host),
        dispatcher: settings.dispatcher,
        deadlines: settings.deadlines,
        left: left - (performance.now() - begun),
        signal,
        onSent: progressTeller(call, attempt),
      },
    );
    const id = headers['request-id'];
    const requestId = typeof id === 'string' ? id : undefined;
    const response = { host, attempt, status, headers, rawBody: body, requestId };
    return { response, evidence };
  } catch (error) {
    if (error instanceof NetworkError || error instanceof TimeoutError) return { error };
    throw error;
  }
}

function progressTeller(
  { onProgress, pieces }: Call,
  attempt: number,
): ((bytes: number) => void) | undefined {
  if (!onProgress) return undefined;
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let sent = 0;
  return (bytes) => {
    sent += bytes;
    callHook(onProgress, { sent, total, attempt });
  };
}

/** Collects the evidence to explain a SIGN_ERROR. It is never part of an error. */
function evidenceOf(
  call: Call,
  authorization: string,
  { certificate, privateKey }: OwnKey,
  { effects }: Settings,
): Evidence {
  return {
    method: call.method,
    url: call.path,
    authorization,
    [call.contentType?.startsWith('multipart/') ? 'meta' : 'body']: call.signed,
    certificate,
    privateKey,
    now: effects.now() / 1000,
  };
}

/** A new nonce and timestamp each time, so that no attempt is a replay (contract 6.2). */
async function authorize(call: Call, { signer }: OwnKey, { identity, effects }: Settings): Promise<string> {
  try {
    return await signRequest({
      ...identity,
      signer,
      method: call.method,
      url: call.path,
      timestamp: Math.floor(effects.now() / 1000),
      nonce: effects.nonce(),
      body: call.signed,
    });
  } catch (cause) {
    if (cause instanceof SigningError) throw cause;
    // What other software says may hold a token or a key; our own signers' sentences do not.
    const texts = cause instanceof BilingualError ? withReason(FAILED, cause.texts) : FAILED;
    throw new SigningError('failed', texts, cause);
  }
}

/** A KMS or a device may never return, so signing ends with the deadline of the call. */
async function withinDeadline(signing: Promise<string>, milliseconds: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tell = () =>
      reject(new SigningError('late', filled(LATE, { milliseconds: Math.round(milliseconds) })));
    timer = setTimeout(tell, milliseconds);
  });
  try {
    return await Promise.race([signing, late]);
  } finally {
    clearTimeout(timer);
  }
}

const FAILED: Text = { 'zh-CN': '签名失败', en: 'the signer failed' };
const LATE: Text = {
  'zh-CN': '签名失败：Signer 未在 {milliseconds} 毫秒内返回签名',
  en: 'the signer failed: it returned no signature within {milliseconds} ms',
};

/** User-Agent, Accept and Content-Type always (contract 1.2); Wechatpay-Serial as soon as a key is known (contract 4.8). */
function requestHeaders(
  { wechatpaySerial, contentType }: Call,
  { userAgent, language }: Settings,
  authorization: string,
): Record<string, string> {
  return {
    authorization,
    accept: 'application/json',
    'accept-language': language,
    'user-agent': userAgent,
    ...(wechatpaySerial !== undefined && { 'wechatpay-serial': wechatpaySerial }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
}
