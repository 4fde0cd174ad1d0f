import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock, chance and waiting: where the outside comes in. */
export interface Effects {
  /** Unix milliseconds. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** 32 characters of `[0-9A-Za-z]`. */
  nonce(): string;
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const realEffects: Effects = {
  now: Date.now,
  random: Math.random,
  nonce: randomNonce,
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal && { signal }),
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 32 of base62 (contract 10). Bytes from 248 up are drawn again, so that no character is likelier than another. */
function randomNonce(): string {
  let nonce = '';
  while (nonce.length < 32) {
    for (const byte of randomBytes(40)) {
      if (byte < 248 && nonce.length < 32) nonce += BASE62[byte % 62];
    }
  }
  return nonce;
}
