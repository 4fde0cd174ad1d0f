import { sandboxMatchers } from './matchers/matchers.js';
import type { ExpectedUpload } from './matchers/received-upload.js';

/** Jest gives it to every test file, and no package from which it could be imported needs to be installed. */
declare const expect: { extend(matchers: typeof sandboxMatchers): void };

expect.extend(sandboxMatchers);

declare global {
  namespace jest {
    interface Matchers<R, T> {
      /** The sandbox has accepted this upload. The failure lists what did arrive. */
      toHaveReceivedUpload(expected?: ExpectedUpload): R;
    }
  }
}
