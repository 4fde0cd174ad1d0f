/** What a test runner shows of a matcher that fails: the tests of app/messages, whose failures are read from what the runner prints. */
export interface Shows {
  readonly title: string;
  /** Of node, in the folder of the tests. */
  args(places: { readonly runners: string; readonly root: string }): string[];
  /** Finds a failure: its title, and the text up to the code or the stack. */
  readonly failure: RegExp;
  /** How far the runner moves the text to the right. */
  readonly indented: number;
}

export const SHOWS: readonly Shows[] = [
  {
    title: 'vitest',
    args: ({ root }) => [`${root}/node_modules/vitest/vitest.mjs`, 'run', 'messages-vitest'],
    failure: /^ FAIL {2}\S+ > (?<test>.+)\nError: (?<text>[^❯]*)\n ❯ /gm,
    indented: 0,
  },
  {
    title: 'jest',
    args: ({ runners }) => [`${runners}/node_modules/jest/bin/jest.js`, '--rootDir=.', 'messages-jest'],
    failure: /^ {2}● (?<test>.+)\n\n {4}(?<text>(?:.+\n)+)/gm,
    indented: 4,
  },
  {
    title: 'node:test',
    args: () => ['--test', '--test-reporter=tap', 'messages-node.js'],
    failure:
      /^not ok \d+ - (?<test>.+)\n(?:(?! {2}error: ).*\n)* {2}error: \|-\n {4}(?<text>(?: {4}.*\n|.*\n)+?) {2}code: /gm,
    indented: 4,
  },
];

/** @returns the text of each failure by the title of its test, with 0 for ports */
export function failuresIn(output: string, { failure, indented }: Shows): Record<string, string> {
  const margin = new RegExp(`^ {${indented}}`, 'gm');
  return Object.fromEntries(
    Array.from(output.matchAll(failure), ({ groups: { test = '', text = '' } = {} }) => [
      test,
      text
        .replaceAll(margin, '')
        .replaceAll(/(127\.0\.0\.1):\d+/g, '$1:0')
        .trimEnd(),
    ]),
  );
}

const UPLOADED =
  '#1 POST /v3/marketing/partner/product-coupon/media/upload-image "coupon.png" 1900000001 → 200 SUCCESS';
const REFUSED = UPLOADED.replace('200 SUCCESS', '');
const BYTES = '    sha256 4f4f950bd16bc56c9d49acb6deb7f6072678ef2e164ffbe844853a7b5090667f, 5521 B';

/** What a person reads, whichever the runner. */
export const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  'nothing arrived': [
    'expected the sandbox to accept an upload, and it accepted none. It received:',
    'nothing at http://127.0.0.1:0, http://127.0.0.1:0. Check which address the program calls',
  ],
  'another filename': [
    'expected the sandbox to accept an upload of "header.png", and it accepted none. It received:',
    UPLOADED,
    `${BYTES} (another filename)`,
  ],
  'other bytes': [
    `expected the sandbox to accept an upload of /^coupon/ with sha256 ${'0'.repeat(64)}, and it accepted none. It received:`,
    UPLOADED,
    `${BYTES} (another sha256)`,
  ],
  'twice, and once': [
    'expected the sandbox to accept 2 uploads, and it accepted 1. It received:',
    UPLOADED,
    BYTES,
  ],
  'none, and one': [
    'expected the sandbox to accept no upload, and it accepted 1. It received:',
    UPLOADED,
    BYTES,
  ],
  'signed with another key': [
    'expected the sandbox to accept an upload, and it accepted none. It received:',
    `${REFUSED}401 SIGN_ERROR — The signature was not made with the given key of the merchant, or it was damaged. Check which key file the program loads, and whether the base64 of the signature is changed on its way`,
    BYTES,
  ],
  'a forged response': [
    'expected the sandbox to accept no upload, and it accepted 1. It received:',
    `${UPLOADED} — Nothing is wrong with the request: the fault rule "rule 1" was applied (BODY_CHANGED: the body was changed after it was signed)`,
    BYTES,
  ],
  'a replay, and after twenty others': [
    'expected the sandbox to accept 3 uploads of "coupon.png", and it accepted 2. It received:',
    '(2 earlier requests are in sandbox.requests)',
    ...Array.from(
      { length: 19 },
      (_, at) =>
        `#${at + 3} GET / → 404 NO_ROUTE — There is nothing at "/": images are uploaded to /v3/marketing/partner/product-coupon/media/upload-image`,
    ),
    UPLOADED.replace('#1', '#22'),
    BYTES,
  ],
  'too often, by a fault': [
    'expected the sandbox to accept an upload, and it accepted none. It received:',
    `${REFUSED}429 RATELIMIT_EXCEEDED — Nothing is wrong with the request: the fault rule "burst" was applied (refusal rateExceeded)`,
    BYTES,
  ],
  'no multipart body, and a mistaken path': [
    'expected the sandbox to accept an upload, and it accepted none. It received:',
    '#1 POST /v3/marketing/partner/product-coupon/media/upload-image → 401 SIGN_ERROR — The body is not multipart/form-data (Content-Type: application/json), so no meta part was found to verify the signature over. Send a form with the parts meta and file',
    '#2 POST /v3/upload-image → 401 SIGN_ERROR — The request has no Authorization header. Sign every request and send the header; check whether a proxy or the HTTP library removes it',
  ],
};
