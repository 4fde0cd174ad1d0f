import '@coupon-media/sandbox/vitest';
import { expect, test } from 'vitest';
import { declare } from './expectations.js';

declare(test, (sandbox, { expected, not }) => {
  if (not) expect(sandbox).not.toHaveReceivedUpload(expected);
  else expect(sandbox).toHaveReceivedUpload(expected);
});
