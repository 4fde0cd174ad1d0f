import { readFileSync } from 'node:fs';
import { fileErrorText, redacted, type Text } from '@coupon-media/apiv3';
import { Pkcs11SignerError } from './errors.js';

/** Where the key is, and for which certificate it signs. */
export interface Pkcs11Options {
  /** The absolute path of the vendor's module: `/usr/lib/softhsm/libsofthsm2.so`. */
  module: string;
  /** Serial of the API certificate in hex: what the signature says it was made for. */
  certificateSerialNo: string;
  /** The id of the slot, as `pkcs11-tool --list-slots` shows it; or give `tokenLabel`, which stays the same when a token is moved. */
  slot?: number | undefined;
  tokenLabel?: string | undefined;
  /** CKA_LABEL of the private key. At least one of `keyLabel` and `keyId`. */
  keyLabel?: string | undefined;
  /** CKA_ID of the private key in hex. */
  keyId?: string | undefined;
  /** The user's PIN; or give `pinFile`. */
  pin?: string | undefined;
  /** The path of a file with the PIN, which is read at each login, so that a changed PIN needs no restart. A line feed at its end is no part of it. */
  pinFile?: string | undefined;
  /** How many signatures are made at a time, 1 to 64. Default 4, as many as the thread pool of Node makes. */
  sessions?: number | undefined;
}

/** The checked options. */
export interface Wanted extends Pkcs11Options {
  readonly sessions: number;
  /** @throws Pkcs11SignerError PIN_UNREADABLE */
  readPin(): string;
}

/** @throws Pkcs11SignerError OPTION_INVALID */
export function checkOptions(options: Pkcs11Options): Wanted {
  const {
    module,
    slot,
    tokenLabel,
    keyLabel,
    keyId,
    pin,
    pinFile,
    sessions = 4,
    certificateSerialNo,
  } = options;
  check(!!module, 'module', FAULTS.missing);
  check(/^[0-9a-f]{8,40}$/i.test(certificateSerialNo), 'certificateSerialNo', FAULTS.hex);
  check((slot === undefined) !== (tokenLabel === undefined), 'slot / tokenLabel', FAULTS.one);
  check(keyLabel !== undefined || keyId !== undefined, 'keyLabel / keyId', FAULTS.missing);
  check(keyId === undefined || /^(?:[0-9a-f]{2})+$/i.test(keyId), 'keyId', FAULTS.hex);
  check((pin === undefined) !== (pinFile === undefined), 'pin / pinFile', FAULTS.one);
  check(Number.isInteger(sessions) && sessions >= 1 && sessions <= 64, 'sessions', FAULTS.count);
  return { ...options, sessions, readPin: () => pin ?? pinIn(pinFile ?? '') };
}

function check(holds: boolean, option: string, fault: Text): void {
  if (!holds) throw new Pkcs11SignerError('OPTION_INVALID', { option, fault });
}

function pinIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    // Somebody may have given the PIN itself.
    throw new Pkcs11SignerError('PIN_UNREADABLE', { file: redacted(file), reason: fileErrorText(cause) });
  }
}

const FAULTS = {
  missing: { 'zh-CN': '未提供', en: 'is missing' },
  hex: { 'zh-CN': '应为十六进制', en: 'must be hex' },
  one: { 'zh-CN': '二者须且只能提供一个', en: ': give one of the two' },
  count: { 'zh-CN': '应为 1 到 64 的整数', en: 'must be a whole number from 1 to 64' },
} satisfies Record<string, Text>;
