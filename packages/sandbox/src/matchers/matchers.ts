import { AssertionError } from 'node:assert';
import { type ExpectedUpload, type Judgement, judgeUploads, type Received } from './received-upload.js';

/** The matchers for `expect.extend` of vitest and jest. The entries `/vitest` and `/jest` register them, with their types. */
export const sandboxMatchers = {
  toHaveReceivedUpload: (sandbox: Received, expected: ExpectedUpload = {}): Judgement =>
    judgeUploads(sandbox, expected),
};

/**
 * The same for node:test and any other runner.
 *
 * @throws AssertionError whose message lists what arrived and, of a refused request, which mistake was made
 */
export function assertReceivedUpload(sandbox: Received, expected: ExpectedUpload = {}): void {
  const { pass, message } = judgeUploads(sandbox, expected);
  if (!pass) throw new AssertionError({ message: message(), stackStartFn: assertReceivedUpload });
}
