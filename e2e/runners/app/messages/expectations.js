const path = require('node:path');
const { startSandbox } = require('@coupon-media/sandbox');

/** What a test expects of a sandbox and does not get, so that its runner shows the failure. */
const PICTURE = path.join(path.dirname(require.resolve('@coupon-media/sandbox')), '../images/coupon.png');

/** @type {Record<string, { expected?: object, not?: boolean, act?: (sandbox: import('@coupon-media/sandbox').Sandbox) => Promise<unknown> }>} */
const EXPECTATIONS = {
  'nothing arrived': {},
  'another filename': { expected: { filename: 'header.png' }, act: uploaded },
  'other bytes': { expected: { sha256: '0'.repeat(64), filename: /^coupon/ }, act: uploaded },
  'twice, and once': { expected: { times: 2 }, act: uploaded },
  'none, and one': { not: true, act: uploaded },
  'signed with another key': {
    async act(sandbox) {
      const client = await sandbox.client({ privateKeyPath: sandbox.certificateMode.privateKeyPath });
      await client.uploadImage(PICTURE).catch(() => {});
    },
  },
  'a forged response': {
    not: true,
    async act(sandbox) {
      sandbox.faults.add({ response: { fault: 'BODY_CHANGED' } });
      const client = await sandbox.client();
      await client.uploadImage(PICTURE).catch(() => {});
    },
  },
  'a replay, and after twenty others': {
    expected: { filename: 'coupon.png', times: 3 },
    async act(sandbox) {
      await uploaded(sandbox);
      await sandbox.replay(1);
      for (let count = 0; count < 19; count += 1) await fetch(sandbox.credentials.baseUrl);
      await uploaded(sandbox);
    },
  },
  'too often, by a fault': {
    async act(sandbox) {
      sandbox.faults.add({ name: 'burst', response: { refusal: 'rateExceeded' } });
      const client = await sandbox.client({ retries: 0 });
      await client.uploadImage(PICTURE).catch(() => {});
    },
  },
  'no multipart body, and a mistaken path': {
    async act({ credentials: { baseUrl } }) {
      const headers = {
        accept: 'application/json',
        'user-agent': 'shop',
        'content-type': 'application/json',
      };
      const sent = { method: 'POST', headers, body: '{}' };
      await fetch(`${baseUrl}/v3/marketing/partner/product-coupon/media/upload-image`, sent);
      await fetch(`${baseUrl}/v3/upload-image`, sent);
    },
  },
};

/** @param {import('@coupon-media/sandbox').Sandbox} sandbox */
async function uploaded(sandbox) {
  const client = await sandbox.client();
  await client.uploadImage(PICTURE);
}

/**
 * Declares a test for each.
 *
 * @param {(title: string, run: () => Promise<void>) => void} test
 * @param {(sandbox: import('@coupon-media/sandbox').Sandbox, expectation: { expected?: object, not?: boolean }) => void} check
 */
exports.declare = function declare(test, check) {
  for (const [title, { act, ...expectation }] of Object.entries(EXPECTATIONS)) {
    test(title, async () => {
      const sandbox = await startSandbox({ language: 'en' });
      try {
        await act?.(sandbox);
        check(sandbox, expectation);
      } finally {
        await sandbox.stop();
      }
    });
  }
};
