/** What the journal of upstream says of a storm. */

/**
 * An upload that reached upstream.
 * @typedef {object} Attempt
 * @property {string} key of the endpoint and the image
 * @property {number} at Unix milliseconds
 * @property {boolean} verifiable whether upstream sent a response, whole, that a client can believe
 * @property {string | undefined} value what a believable response gave: a URL, or a media_id
 */

/**
 * @typedef {object} Verdict
 * @property {number} images images that upstream saw, of each endpoint
 * @property {number} uploads
 * @property {number} afterFault further uploads, each after one without a verified answer
 * @property {number} afterKill further uploads after a verifiable answer whose node may have been killed before it recorded it
 * @property {number} unmatched further uploads that nothing explains
 */

/** Milliseconds between a verifiable answer and a kill that may have kept it from being recorded. */
const BEFORE_RECORDED = 3000;

/**
 * @param {import('@coupon-media/sandbox').Sandbox} upstream
 * @returns {Attempt[]} in the order in which they came
 */
export function attemptsOf(upstream) {
  return upstream.requests.flatMap(({ url, upload, response, fault, outcome, at }) => {
    if (!upload?.sha256) return [];
    const verifiable = outcome === 'SUCCESS' && fault === undefined && response?.writtenWhole === true;
    const [value] = verifiable ? Object.values(JSON.parse(response.body)) : [];
    return [{ key: keyOf({ path: url, sha256: upload.sha256 }), at: at.getTime(), verifiable, value }];
  });
}

/** @param {{ path: string, sha256: string }} image with the path of its endpoint: each endpoint belongs to one account here */
export function keyOf({ path, sha256 }) {
  return `${path} ${sha256}`;
}

/**
 * @param {readonly Attempt[]} attempts
 * @param {readonly number[]} kills Unix milliseconds
 * @returns {Verdict}
 */
export function judge(attempts, kills) {
  const verdict = { images: 0, uploads: attempts.length, afterFault: 0, afterKill: 0, unmatched: 0 };
  /** @type {Map<string, Attempt[]>} */
  const byImage = new Map();
  for (const attempt of attempts) byImage.set(attempt.key, [...(byImage.get(attempt.key) ?? []), attempt]);
  for (const own of byImage.values()) {
    verdict.images += 1;
    for (const earlier of own.slice(0, -1)) {
      const killed = kills.some((kill) => kill >= earlier.at && kill <= earlier.at + BEFORE_RECORDED);
      if (!earlier.verifiable) verdict.afterFault += 1;
      else if (killed) verdict.afterKill += 1;
      else verdict.unmatched += 1;
    }
  }
  return verdict;
}
