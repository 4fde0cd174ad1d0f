const client = require('@coupon-media/client');
const prepare = require('@coupon-media/prepare');
const sandbox = require('@coupon-media/sandbox');

require('./scenario.js')({ client, prepare, sandbox }).then(console.log);
