require('@coupon-media/sandbox/jest');
const { declare } = require('./expectations.js');

declare(test, (sandbox, { expected, not }) => {
  if (not) expect(sandbox).not.toHaveReceivedUpload(expected);
  else expect(sandbox).toHaveReceivedUpload(expected);
});
