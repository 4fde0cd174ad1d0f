import { createNonceWindow, createQuota } from '../../dist/limits/embedded.js';
import { nonceWindowContract, quotaContract } from '../contracts/limits.js';

const recordsNothing = { remember: async () => {}, forget: async () => {} };
const window = createNonceWindow(() => Math.floor(Date.now() / 1000), recordsNothing);
nonceWindowContract(() => window);

const quota = createQuota(() => performance.now());
quotaContract(() => quota);
