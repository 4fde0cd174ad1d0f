import { createHash } from 'node:crypto';
import type { Signer } from '@coupon-media/apiv3';
import { acquireModule, CK, type Cryptoki, releaseModule } from './cryptoki.js';
import { Pkcs11SignerError } from './errors.js';
import { checkOptions, type Pkcs11Options, type Wanted } from './options.js';
import { closeSession, connect, openSession, type Session, type Token, tokenFailed } from './token.js';

/** A Signer whose key stays in a token. It takes the place of `privateKey` in the options of a client. */
export interface Pkcs11Signer extends Signer {
  /** Waits for signatures under way, and logs out. */
  close(): Promise<void>;
}

/**
 * Opens the token, logs in, finds the key and makes one signature, so that what is wrong is known at the start. Signatures are made on
 * the thread pool. If the token was away, the next signature logs in again.
 *
 * @throws Pkcs11SignerError, and so does `sign`
 * @example
 * ```ts
 * import { createClient } from '@coupon-media/client';
 * import { openPkcs11Signer } from '@coupon-media/pkcs11';
 *
 * const privateKey = await openPkcs11Signer({
 *   module: '/usr/lib/softhsm/libsofthsm2.so',
 *   tokenLabel: 'wechat-pay',
 *   keyLabel: 'apiclient',
 *   pinFile: '/run/secrets/hsm-pin',
 *   certificateSerialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
 * });
 * const client = createClient({
 *   mchid: '1900000001',
 *   privateKey,
 *   certificate: 'apiclient_cert.pem',
 *   wechatPayPublicKeys: [{ id: 'PUB_KEY_ID_0119000000012025', publicKeyPath: 'pub_key.pem' }],
 * });
 * console.log((await client.uploadImage('coupon.png')).imageUrl);
 * await client.close();
 * await privateKey.close();
 * ```
 */
export async function openPkcs11Signer(options: Pkcs11Options): Promise<Pkcs11Signer> {
  const wanted = checkOptions(options);
  const signer = createPkcs11Signer(acquireModule(wanted.module), wanted);
  try {
    await signer.sign(Buffer.from('coupon-media'));
    return signer;
  } catch (error) {
    await signer.close();
    throw error;
  }
}

function createPkcs11Signer(cryptoki: Cryptoki, wanted: Wanted): Pkcs11Signer {
  const turns = createTurns(wanted.sessions);
  let token: Token | undefined;
  let idle: Session[] = [];
  let closed = false;
  /** A PIN that was refused is not tried again: a few tries lock the token. */
  let refused: Pkcs11SignerError | undefined;

  /** A session of the token that is connected now, and which token that is. */
  function session(): { token: Token; session: Session } {
    if (refused) throw refused;
    const free = idle.pop();
    if (token && free) return { token, session: free };
    if (token) {
      try {
        return { token, session: openSession(cryptoki, token.slot, token.name) };
      } catch (error) {
        forget(token);
        throw error;
      }
    }
    try {
      const connected = connect(cryptoki, wanted);
      token = connected.token;
      return connected;
    } catch (error) {
      if (error instanceof Pkcs11SignerError && PIN_REFUSED.has(error.code)) refused = error;
      throw error;
    }
  }

  /** Forgets everything that was opened with a token that is gone. */
  function forget(gone: Token): void {
    if (token !== gone) return; // it is connected again already
    token = undefined;
    for (const old of idle) closeSession(cryptoki, old);
    idle = [];
  }

  async function signOnce(message: Uint8Array): Promise<string> {
    const at = session();
    try {
      const signature = await signWith(cryptoki, at.token, at.session, message);
      if (token === at.token) idle.push(at.session);
      else closeSession(cryptoki, at.session);
      return signature;
    } catch (error) {
      closeSession(cryptoki, at.session);
      const failure = tokenFailed(at.token.name, error);
      if (failure.code === 'DEVICE_REMOVED') forget(at.token);
      throw failure;
    }
  }

  return {
    keyId: wanted.certificateSerialNo,

    async sign(message) {
      if (closed) throw new Pkcs11SignerError('CLOSED');
      const leave = await turns.enter();
      try {
        return await signOnce(message).catch((error: unknown) => {
          if (codeOf(error) === 'DEVICE_REMOVED') return signOnce(message);
          throw error;
        });
      } finally {
        leave();
      }
    },

    async close() {
      if (closed) return;
      closed = true;
      await turns.empty();
      if (token) forget(token);
      releaseModule(wanted.module);
    },
  };
}

const PIN_REFUSED: ReadonlySet<string> = new Set(['PIN_WRONG', 'PIN_LOCKED']);

function codeOf(error: unknown): string | undefined {
  return error instanceof Pkcs11SignerError ? error.code : undefined;
}

async function signWith(
  cryptoki: Cryptoki,
  { key, mechanism, length }: Token,
  session: Session,
  message: Uint8Array,
): Promise<string> {
  cryptoki.C_SignInit(session, { mechanism }, key);
  const data = mechanism === CK.CKM_RSA_PKCS ? digestInfo(message) : Buffer.from(message);
  const signature = await cryptoki.C_SignAsync(session, data, Buffer.alloc(length));
  return signature.toString('base64');
}

/** What RSA with PKCS#1 v1.5 pads where the token does not hash itself: DigestInfo of SHA-256 (RFC 8017, 9.2). */
function digestInfo(message: Uint8Array): Buffer {
  return Buffer.concat([DIGEST_INFO, createHash('sha256').update(message).digest()]);
}

const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** Lets so many in at a time, the others in the order in which they came. */
function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let inside = 0;
  let emptied = (): void => {};

  function leave(): void {
    const next = waiting.shift();
    // The place is handed over, so that nobody comes between.
    if (next) next();
    else inside -= 1;
    if (inside === 0) emptied();
  }

  return {
    async enter(): Promise<() => void> {
      if (inside < most) inside += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
    async empty(): Promise<void> {
      if (inside > 0) await new Promise<void>((resolve) => (emptied = resolve));
    },
  };
}
