/**
 * Loaded by Node before a service (`--import`): the clock stands still and chance always says the same, however the service asks
 * for them. Constants, so that it does not matter how often it asks, or in which order.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import { MOMENT } from './moment.mjs';

const MILLISECONDS = MOMENT * 1000;

Date.now = () => MILLISECONDS;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [MILLISECONDS] : args, self),
});
// Of quotas, and of how long a peer may be silent.
performance.now = () => 1000;

Math.random = () => 0.5;
crypto.randomUUID = () => '01234567-89ab-4cde-8f01-23456789abcd';
// @ts-expect-error: in its form without a callback, the only one that the service uses
crypto.randomBytes = (/** @type {number} */ size) => Buffer.alloc(size, 0x5a);
syncBuiltinESMExports();
