import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { redacted } from '@coupon-media/apiv3';
import { Pkcs11SignerError } from './errors.js';

/** A handle of the module: a slot, a session or an object. */
export type Handle = Buffer;

interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

/** The methods of pkcs11js that are used here, with its names. They throw errors whose message is the name of a CKR_ code. */
export interface Cryptoki {
  load(module: string): void;
  C_Initialize(options?: { flags: number }): void;
  C_Finalize(): void;
  close(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_GetMechanismList(slot: Handle): number[];
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): { value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { mechanism: number }, key: Handle): void;
  C_SignAsync(session: Handle, data: Buffer, signature: Buffer): Promise<Buffer>;
}

/** The numbers of PKCS#11 2.40 that are used here, by their names. */
export const CK = {
  CKF_RW_SESSION: 2,
  CKF_SERIAL_SESSION: 4,
  CKF_OS_LOCKING_OK: 2,
  CKU_USER: 1,
  CKA_CLASS: 0,
  CKA_LABEL: 3,
  CKA_KEY_TYPE: 0x100,
  CKA_ID: 0x102,
  CKA_MODULUS: 0x120,
  CKO_PRIVATE_KEY: 3,
  CKK_RSA: 0,
  CKM_RSA_PKCS: 1,
  CKM_SHA256_RSA_PKCS: 0x40,
} as const;

/** The name of the code with which the module refused: CKR_…; or what else was thrown. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /CKR_\w+/.exec(message)?.[0] ?? message.split('\n', 1)[0] ?? '';
}

/** A module that is loaded. A process initialises a module once, however many signers use it. */
interface LoadedModule {
  readonly cryptoki: Cryptoki;
  users: number;
}

const loaded = new Map<string, LoadedModule>();

/**
 * Loads a module, which is finalised when the last of its users has released it.
 *
 * @throws Pkcs11SignerError DRIVER_MISSING, MODULE_NOT_FOUND, MODULE_UNUSABLE
 */
export function acquireModule(module: string): Cryptoki {
  const known = loaded.get(module);
  if (known) {
    known.users += 1;
    return known.cryptoki;
  }
  const cryptoki = driver();
  if (!existsSync(module)) throw new Pkcs11SignerError('MODULE_NOT_FOUND', { module: redacted(module) });
  try {
    cryptoki.load(module);
    // Without this flag the threads of the pool must not enter the module at the same time.
    cryptoki.C_Initialize({ flags: CK.CKF_OS_LOCKING_OK });
  } catch (cause) {
    const reason = reasonOf(cause);
    // Another user of the module in this process, which is not ours.
    if (reason !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED')
      throw new Pkcs11SignerError('MODULE_UNUSABLE', { module, reason }, cause);
  }
  loaded.set(module, { cryptoki, users: 1 });
  return cryptoki;
}

export function releaseModule(module: string): void {
  const known = loaded.get(module);
  if (!known) return;
  known.users -= 1;
  if (known.users > 0) return;
  loaded.delete(module);
  try {
    known.cryptoki.C_Finalize();
  } catch {
    // A module whose device is gone may refuse even this.
  }
  known.cryptoki.close();
}

/** Loaded by name when it is needed: an optional peer, which no install of this project compiles. */
function driver(): Cryptoki {
  try {
    const { PKCS11 } = createRequire(import.meta.url)('pkcs11js') as { PKCS11: new () => Cryptoki };
    return new PKCS11();
  } catch (cause) {
    throw new Pkcs11SignerError('DRIVER_MISSING', {}, cause);
  }
}
