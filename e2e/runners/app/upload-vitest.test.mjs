import * as client from '@coupon-media/client';
import * as prepare from '@coupon-media/prepare';
import * as sandbox from '@coupon-media/sandbox';
import { expect, test } from 'vitest';
import scenario from './scenario.js';

test('does all that other programs do', async () => {
  expect(await scenario({ client, prepare, sandbox })).toBe(process.env.EXPECTED);
});
