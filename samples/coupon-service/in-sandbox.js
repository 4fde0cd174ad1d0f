const { once } = require('node:events');
const path = require('node:path');
const { startSandbox } = require('@coupon-media/sandbox');
const { createCouponService, openCoupons } = require('./coupon-service.js');

/** Starts the coupon service with a sandbox in place of WeChat Pay, in the first second of 2030, and is a shop that sends it pictures. */
async function startInSandbox() {
  const sandbox = await startSandbox({ clock: { frozenAt: '2030-01-01T00:00:00Z' }, language: 'en' });
  const client = await sandbox.client({ effects: { sleep: async () => {} } }); // retries without waiting
  const coupons = await openCoupons(path.join(sandbox.folder, 'coupons.jsonl'));
  const service = createCouponService({ client, coupons, brandId: '120344', now: sandbox.now });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (service.address());
  return {
    sandbox,
    coupons,
    /** @param {string} requestNo @param {Uint8Array} picture */
    async post(requestNo, picture) {
      const url = `http://127.0.0.1:${port}/coupons?request_no=${requestNo}&name=Tea`;
      const response = await fetch(url, { method: 'POST', body: picture });
      const body = /** @type {object} */ (await response.json());
      return { status: response.status, retryAfter: response.headers.get('retry-after'), ...body };
    },
    async stop() {
      service.close();
      await sandbox.stop();
    },
  };
}

module.exports = { startInSandbox };
