const { test } = require('node:test');
const { assertReceivedUpload } = require('@coupon-media/sandbox');
const { declare } = require('./expectations.js');

declare(test, (sandbox, { expected, not }) => {
  assertReceivedUpload(sandbox, not ? { ...expected, times: 0 } : expected);
});
