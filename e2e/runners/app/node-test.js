const assert = require('node:assert/strict');
const { test } = require('node:test');
const client = require('@coupon-media/client');
const prepare = require('@coupon-media/prepare');
const sandbox = require('@coupon-media/sandbox');
const scenario = require('./scenario.js');

test('required', async () => {
  assert.equal(await scenario({ client, prepare, sandbox }), process.env.EXPECTED);
});

test('imported', async () => {
  const [imported, prepared, sandboxed] = await Promise.all([
    import('@coupon-media/client'),
    import('@coupon-media/prepare'),
    import('@coupon-media/sandbox'),
  ]);
  assert.equal(
    await scenario({ client: imported, prepare: prepared, sandbox: sandboxed }),
    process.env.EXPECTED,
  );
});
