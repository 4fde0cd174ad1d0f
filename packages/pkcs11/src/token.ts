import { CK, type Cryptoki, type Handle, reasonOf } from './cryptoki.js';
import { Pkcs11SignerError } from './errors.js';
import type { Wanted } from './options.js';

/** A token that is logged in to, and the key in it. */
export interface Token {
  /** As errors name it. */
  readonly name: string;
  readonly slot: Handle;
  readonly key: Handle;
  readonly mechanism: number;
  /** Bytes of a signature. */
  readonly length: number;
}

/** A session of a token, which makes one signature at a time. */
export type Session = Handle;

/**
 * Finds the token, logs in and finds the key.
 *
 * @returns the token and its first session
 * @throws Pkcs11SignerError
 */
export function connect(cryptoki: Cryptoki, wanted: Wanted): { token: Token; session: Session } {
  const { slot, name } = findSlot(cryptoki, wanted);
  const session = openSession(cryptoki, slot, name);
  try {
    login(cryptoki, session, name, wanted.readPin());
    const { key, length } = findKey(cryptoki, session, name, wanted);
    return { token: { name, slot, key, length, mechanism: mechanismOf(cryptoki, slot, name) }, session };
  } catch (error) {
    closeSession(cryptoki, session);
    throw error instanceof Pkcs11SignerError ? error : tokenFailed(name, error);
  }
}

/** @throws Pkcs11SignerError DEVICE_REMOVED */
export function openSession(cryptoki: Cryptoki, slot: Handle, name: string): Session {
  try {
    return cryptoki.C_OpenSession(slot, CK.CKF_SERIAL_SESSION);
  } catch (cause) {
    throw tokenFailed(name, cause);
  }
}

export function closeSession(cryptoki: Cryptoki, session: Session): void {
  try {
    cryptoki.C_CloseSession(session);
  } catch {
    // It ended with the token.
  }
}

/** Codes after which everything that was opened is opened again: the token was away, or another program reset it. */
const AWAY: ReadonlySet<string> = new Set([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_FUNCTION_FAILED',
  'CKR_GENERAL_ERROR',
  'CKR_KEY_HANDLE_INVALID',
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SLOT_ID_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_USER_NOT_LOGGED_IN',
]);

/** What an error of the module means for the token. */
export function tokenFailed(token: string, cause: unknown): Pkcs11SignerError {
  const reason = reasonOf(cause);
  return new Pkcs11SignerError(
    AWAY.has(reason) ? 'DEVICE_REMOVED' : 'SIGNING_REFUSED',
    { token, reason },
    cause,
  );
}

function findSlot(cryptoki: Cryptoki, { slot, tokenLabel }: Wanted): { slot: Handle; name: string } {
  const name = tokenLabel ?? `slot ${slot}`;
  const seen = visible(cryptoki, name);
  const found = seen.filter(({ id, label }) =>
    tokenLabel === undefined ? id === slot : label === tokenLabel,
  );
  const tokens = seen.map(({ id, label }) => `${label} (slot ${id})`).join(', ') || '–';
  const [first, second] = found;
  if (!first) throw new Pkcs11SignerError('TOKEN_NOT_FOUND', { token: name, tokens });
  if (second) throw new Pkcs11SignerError('TOKEN_AMBIGUOUS', { token: name, tokens });
  return { slot: first.handle, name };
}

function visible(cryptoki: Cryptoki, name: string): { handle: Handle; id: number; label: string }[] {
  try {
    return cryptoki.C_GetSlotList(true).map((handle) => ({
      handle,
      id: handle.readUInt32LE(0),
      // The field has a fixed width, filled with blanks.
      label: cryptoki.C_GetTokenInfo(handle).label.replace(/[\s\0]+$/, ''),
    }));
  } catch (cause) {
    throw tokenFailed(name, cause);
  }
}

/** The login counts for all sessions of this process. */
function login(cryptoki: Cryptoki, session: Session, token: string, pin: string): void {
  try {
    cryptoki.C_Login(session, CK.CKU_USER, pin);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === 'CKR_USER_ALREADY_LOGGED_IN') return;
    if (reason === 'CKR_PIN_LOCKED') throw new Pkcs11SignerError('PIN_LOCKED', { token }, cause);
    if (reason.startsWith('CKR_PIN_')) throw new Pkcs11SignerError('PIN_WRONG', { token }, cause);
    throw tokenFailed(token, cause);
  }
}

function findKey(
  cryptoki: Cryptoki,
  session: Session,
  token: string,
  { keyLabel, keyId }: Wanted,
): { key: Handle; length: number } {
  const keys = keysWith(cryptoki, session, { keyLabel, keyId });
  const wanted = [keyLabel, keyId && `0x${keyId}`].filter(Boolean).join(', ');
  const [key, ...others] = keys;
  if (!key) {
    const all = keysWith(cryptoki, session, {}).map((other) => nameOf(cryptoki, session, other));
    throw new Pkcs11SignerError('KEY_NOT_FOUND', { token, key: wanted, keys: all.join('; ') || '–' });
  }
  if (others.length > 0)
    throw new Pkcs11SignerError('KEY_AMBIGUOUS', { token, key: wanted, count: keys.length });
  const [type] = cryptoki.C_GetAttributeValue(session, key, [{ type: CK.CKA_KEY_TYPE }]);
  if (type?.value.readUInt32LE(0) !== CK.CKK_RSA)
    throw new Pkcs11SignerError('KEY_NOT_RSA', { token, key: wanted });
  const [modulus] = cryptoki.C_GetAttributeValue(session, key, [{ type: CK.CKA_MODULUS }]);
  return { key, length: modulus?.value.length || LONGEST };
}

function keysWith(
  cryptoki: Cryptoki,
  session: Session,
  { keyLabel, keyId }: Pick<Wanted, 'keyLabel' | 'keyId'>,
): Handle[] {
  cryptoki.C_FindObjectsInit(session, [
    { type: CK.CKA_CLASS, value: CK.CKO_PRIVATE_KEY },
    ...(keyLabel === undefined ? [] : [{ type: CK.CKA_LABEL, value: keyLabel }]),
    ...(keyId === undefined ? [] : [{ type: CK.CKA_ID, value: Buffer.from(keyId, 'hex') }]),
  ]);
  const found = cryptoki.C_FindObjects(session, MOST_KEYS);
  cryptoki.C_FindObjectsFinal(session);
  return found;
}

const MOST_KEYS = 32;

/** Bytes of a signature, where a token does not tell the modulus: those of RSA with 4,096 bits. */
const LONGEST = 512;

function nameOf(cryptoki: Cryptoki, session: Session, key: Handle): string {
  const [label, id] = cryptoki.C_GetAttributeValue(session, key, [
    { type: CK.CKA_LABEL },
    { type: CK.CKA_ID },
  ]);
  return `${label?.value.toString('utf8') ?? ''}, 0x${id?.value.toString('hex') ?? ''}`;
}

function mechanismOf(cryptoki: Cryptoki, slot: Handle, token: string): number {
  const there = cryptoki.C_GetMechanismList(slot);
  const mechanism = [CK.CKM_SHA256_RSA_PKCS, CK.CKM_RSA_PKCS].find((one) => there.includes(one));
  if (mechanism === undefined) throw new Pkcs11SignerError('MECHANISM_MISSING', { token });
  return mechanism;
}
