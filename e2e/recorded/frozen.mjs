/**
 * Node loads this before a service (`--import`). The clock does not move and randomness is constant, whichever way the service
 * uses them. Constants do not depend on how often or in which order they are read.
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
// The clock of quotas and of slow peers.
performance.now = () => 1000;

Math.random = () => 0.5;
crypto.randomUUID = () => '01234567-89ab-4cde-8f01-23456789abcd';
// @ts-expect-error: the form without a callback is the only one that the service uses
crypto.randomBytes = (/** @type {number} */ size) => Buffer.alloc(size, 0x5a);
syncBuiltinESMExports();
