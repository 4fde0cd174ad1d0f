import { expect } from 'vitest';
import { sandboxMatchers } from './matchers/matchers.js';
import type { ExpectedUpload } from './matchers/received-upload.js';

expect.extend(sandboxMatchers);

declare module 'vitest' {
  // The type parameter has to be declared, because vitest declares it.
  interface Matchers<T> {
    /** The sandbox has accepted this upload. The failure lists what did arrive. */
    toHaveReceivedUpload(expected?: ExpectedUpload): void;
  }
}
