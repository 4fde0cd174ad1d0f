import {
  CERTIFICATES_PATH,
  createKeyRing,
  createVerifier,
  type KeyRing,
  openCertificates,
  UntrustedMessageError,
} from '@coupon-media/apiv3';
import { abortable, checkAborted } from './abort.js';
import type { PlatformKey } from './credentials.js';
import {
  type ClientError,
  ForgedResponseError,
  MalformedResponseError,
  OptionError,
  type ResponseInfo,
} from './errors.js';
import { callHook } from './hooks.js';
import type { Settings } from './options.js';
import { proveResponse, singleHeader } from './response.js';
import type { Transport } from './transport.js';

/** The keys of WeChat Pay that this client knows. */
export interface PlatformKeys {
  /**
   * The key with which the service is asked to sign, and which encrypts sensitive fields: the first public key, else the newest
   * valid certificate, which is fetched if there is none.
   */
  current(signal: AbortSignal | undefined): Promise<PlatformKey>;
  /** All keys that may have signed a response. */
  ring(): KeyRing;
  /** When the last of them ends, Unix seconds; undefined if one never ends, or none is known yet. */
  validUntil(): number | undefined;
  /**
   * Call it if a response names a key that is not in the ring, since the platform's certificates change.
   *
   * @returns the current ring; it is another object if any call has fetched certificates since
   */
  renew(lacking: KeyRing, signal: AbortSignal | undefined): Promise<KeyRing>;
}

/** Milliseconds after which certificates are fetched again. Their validity overlaps for days, so this need not be exact. */
const RENEW_AFTER = 12 * 3600 * 1000;

/** Milliseconds between two fetches, so that responses with invented serials do not cause many requests. */
const RENEW_PAUSE = 60 * 1000;

export function createPlatformKeys(settings: Settings, transport: Transport): PlatformKeys {
  const { platformKeys: given, certificateDownload, effects, hooks } = settings;
  let known: readonly PlatformKey[] = given;
  let ring = ringOf(known);
  let fetched = Number.NEGATIVE_INFINITY;
  let tried = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchNow(apiV3Key: string): Promise<void> {
    tried = effects.now();
    try {
      const fresh = await fetchCertificates(apiV3Key, transport, effects.now);
      known = [...given, ...fresh];
      ring = ringOf(known);
      fetched = effects.now();
      callHook(hooks.onCertificates, { serialNos: fresh.map(({ id }) => id), error: undefined });
    } catch (error) {
      callHook(hooks.onCertificates, { serialNos: [], error });
      throw error;
    }
  }

  /** Runs one fetch at a time for all calls. The signal of one call does not cancel it for the others. */
  function fetchOnce(apiV3Key: string): Promise<void> {
    fetching ??= fetchNow(apiV3Key).finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  function chosen(): PlatformKey | undefined {
    const now = effects.now() / 1000;
    const isValid = ({ notBefore = 0, notAfter = Number.POSITIVE_INFINITY }: PlatformKey): boolean =>
      notBefore <= now && now < notAfter;
    const newest = (a: PlatformKey, b: PlatformKey): number => (b.notBefore ?? 0) - (a.notBefore ?? 0);
    return known.find(isPublicKey) ?? known.filter(isValid).sort(newest)[0];
  }

  return {
    ring: () => ring,
    validUntil: () =>
      known.length === 0 || known.some(isPublicKey)
        ? undefined
        : Math.max(...known.map(({ notAfter = 0 }) => notAfter)),
    async current(signal) {
      if (certificateDownload) {
        const due = effects.now() >= fetched + RENEW_AFTER && effects.now() >= tried + RENEW_PAUSE;
        if (!chosen()) await abortable(fetchOnce(certificateDownload.apiV3Key), signal);
        // The known key is used meanwhile. A failure was reported to the hook and is tried again later.
        else if (due) fetchOnce(certificateDownload.apiV3Key).catch(() => {});
      }
      const key = chosen() ?? known[0];
      if (key) return key;
      throw new OptionError('wechatPayCertificates', NONE_VALID);
    },
    async renew(lacking, signal) {
      const mayFetch = fetching || effects.now() >= tried + RENEW_PAUSE;
      if (certificateDownload && ring === lacking && mayFetch) {
        // The response stays unverified either way; the hook has received the reason.
        await abortable(fetchOnce(certificateDownload.apiV3Key), signal).catch(() => checkAborted(signal));
      }
      return ring;
    },
  };
}

const NONE_VALID = {
  'zh-CN': '没有在有效期内的平台证书',
  en: 'none of the platform certificates is valid now',
};
const WRONG_KEY = {
  'zh-CN': '无法解密平台证书，请在商户平台核对',
  en: "does not decrypt the platform's certificates; see merchant admin",
};

function isPublicKey({ notAfter }: PlatformKey): boolean {
  return notAfter === undefined;
}

function ringOf(keys: readonly PlatformKey[]): KeyRing {
  return createKeyRing(keys.map(({ id, publicKey }) => createVerifier(id, publicKey)));
}

/** Fetches and decrypts the platform's certificates (contract 11.1). */
async function fetchCertificates(
  apiV3Key: string,
  transport: Transport,
  now: () => number,
): Promise<PlatformKey[]> {
  const received = await transport.send({
    method: 'GET',
    path: CERTIFICATES_PATH,
    signed: '',
    contentType: undefined,
    pieces: [],
    idempotent: true,
    wechatpaySerial: undefined,
    signal: undefined,
    onProgress: undefined,
  });
  // A refusal is reported without any key; it must never be taken for certificates.
  const { response } = received;
  if (response.status !== 200) await proveResponse(received, createKeyRing([]), now());
  try {
    const certificates = await openCertificates(
      { header: (name) => singleHeader(response, name), body: response.rawBody },
      apiV3Key,
      Math.floor(now() / 1000),
    );
    return certificates.map(({ serialNo, ...certificate }) => ({ id: serialNo, ...certificate }));
  } catch (cause) {
    throw cause instanceof UntrustedMessageError ? downloadError(cause, response) : cause;
  }
}

function downloadError(cause: UntrustedMessageError, response: ResponseInfo): ClientError {
  const { fault } = cause;
  if (fault === 'undecipherable') {
    return new OptionError('apiV3Key', WRONG_KEY, cause);
  }
  if (fault === 'malformed') return new MalformedResponseError(cause.texts, response, cause);
  return new ForgedResponseError(fault, response);
}
