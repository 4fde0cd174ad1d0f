const { appendFile, readFile } = require('node:fs/promises');
const { createServer } = require('node:http');
const { buffer } = require('node:stream/consumers');
const { adviceOn, ClientError } = require('@coupon-media/client');

/** @typedef {{ couponId: string, imageUrl: string, createdAt: string }} Coupon */
/** @typedef {{ status: number, body: object, headers?: Record<string, string> }} Answer */

/**
 * A service of a service provider. Shops send a picture with `POST /coupons?request_no=…&name=…`: it uploads the picture to WeChat Pay,
 * creates a coupon that shows it, stores the ids, and responds 201 with them. A repeated request_no gets 200 with the same coupon.
 *
 * @param {{
 *   client: import('@coupon-media/client').Client,
 *   coupons: Awaited<ReturnType<typeof openCoupons>>,
 *   brandId: string,
 *   now?: () => Date,
 * }} given
 */
function createCouponService({ client, coupons, brandId, now = () => new Date() }) {
  return createServer(async (request, response) => {
    const { status, body, headers } = await answer(request).catch(failure);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });

  /** @param {import('node:http').IncomingMessage} request @returns {Promise<Answer>} */
  async function answer(request) {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://shop.invalid');
    const [requestNo, name] = [searchParams.get('request_no'), searchParams.get('name')];
    if (request.method !== 'POST' || pathname !== '/coupons' || !requestNo || !name)
      return { status: 404, body: { code: 'NOT_FOUND' } };
    const known = coupons.get(requestNo);
    if (known) return { status: 200, body: known };
    const coupon = await create(requestNo, name, await buffer(request));
    return { status: 201, body: coupon };
  }

  /**
   * @param {string} requestNo
   * @param {string} name
   * @param {Buffer} picture
   */
  async function create(requestNo, name, picture) {
    const { imageUrl } = await client.uploadImage(picture, { filename: `${requestNo}.png` });
    /** @type {import('@coupon-media/client').ApiResponse<{ product_coupon_id: string }>} */
    const { body } = await client.request(
      'POST',
      '/v3/marketing/partner/product-coupon/product-coupons',
      {
        out_request_no: requestNo,
        brand_id: brandId,
        scope: 'ALL',
        type: 'NORMAL',
        display_info: { name, image_url: imageUrl },
      },
      // WeChat Pay creates no second coupon for a repeated out_request_no.
      { idempotent: true },
    );
    const coupon = { couponId: body.product_coupon_id, imageUrl, createdAt: now().toISOString() };
    await coupons.add(requestNo, coupon);
    return coupon;
  }
}

/** @param {unknown} error @returns {Answer} */
function failure(error) {
  if (!(error instanceof ClientError)) return { status: 500, body: { code: 'FAILED' } };
  const body = { code: error.code, remedy: adviceOn(error).remedy.en };
  if (error.code === 'IMAGE_INVALID') return { status: 400, body };
  if (error.code === 'RATELIMIT_EXCEEDED') return { status: 503, body, headers: { 'Retry-After': '60' } };
  return { status: 502, body };
}

/**
 * The coupons that were created, by their request_no. Each is a line of a file, so that a restart forgets none.
 *
 * @param {string} file
 */
async function openCoupons(file) {
  const lines = (await readFile(file, { encoding: 'utf8', flag: 'a+' })).split('\n').filter(Boolean);
  /** @type {Map<string, Coupon>} */
  const coupons = new Map(lines.map((line) => JSON.parse(line)));
  return {
    /** @param {string} requestNo */
    get: (requestNo) => coupons.get(requestNo),
    /** @param {string} requestNo @param {Coupon} coupon */
    async add(requestNo, coupon) {
      await appendFile(file, `${JSON.stringify([requestNo, coupon])}\n`);
      coupons.set(requestNo, coupon);
    },
  };
}

module.exports = { createCouponService, openCoupons };
