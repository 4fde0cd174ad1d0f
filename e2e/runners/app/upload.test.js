const client = require('@coupon-media/client');
const prepare = require('@coupon-media/prepare');
const sandbox = require('@coupon-media/sandbox');
const scenario = require('./scenario.js');

test('does all that other programs do', async () => {
  expect(await scenario({ client, prepare, sandbox })).toBe(process.env.EXPECTED);
});
