import * as client from '@coupon-media/client';
import * as prepare from '@coupon-media/prepare';
import * as sandbox from '@coupon-media/sandbox';
import scenario from './scenario.js';

console.log(await scenario({ client, prepare, sandbox }));
