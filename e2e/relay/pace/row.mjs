/** What a measurement gives, and what upstream's journal says for all of them. */

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} is
 * @property {string} wanted
 * @property {boolean} holds
 */

/**
 * @callback Measure
 * @param {{ nodes: import('../storm/nodes.mjs').Nodes, upstream: import('@coupon-media/sandbox').Sandbox, scale: Scale }} on
 * @returns {Promise<Row[]>}
 */

/** @typedef {{ seconds: number, batch: number, singles: number, quota: number }} Scale */

/** @typedef {{ at: number, isRefused: boolean, filename: string }} Sent at: Unix milliseconds */

/**
 * @param {import('@coupon-media/sandbox').Sandbox} upstream
 * @returns {Sent[]} uploads that reached upstream
 */
export function sentTo(upstream) {
  return upstream.requests.flatMap(({ upload, response, at }) =>
    upload
      ? [{ at: at.getTime(), isRefused: response?.status === 429, filename: String(upload.filename) }]
      : [],
  );
}

/** @param {number} part */
export function percent(part) {
  return `${(part * 100).toFixed(1)} %`;
}
