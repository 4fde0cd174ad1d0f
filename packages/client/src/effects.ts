import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock, randomness and waiting, so that tests can replace them. */
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

/** Random bytes fetched for many nonces at a time: a fetch of 40 costs as much as one of 4096. */
let pool = Buffer.alloc(0);
let taken = 0;

function randomByte(): number {
  if (taken === pool.length) {
    pool = randomBytes(4096);
    taken = 0;
  }
  taken += 1;
  return pool[taken - 1] as number;
}

/** 32 characters of base62 (contract 10.1). Bytes from 248 up are drawn again, so that no character is likelier than another. */
function randomNonce(): string {
  let nonce = '';
  while (nonce.length < 32) {
    const byte = randomByte();
    if (byte < 248) nonce += BASE62[byte % 62];
  }
  return nonce;
}
