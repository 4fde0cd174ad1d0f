/** What the journal of upstream says of a storm, and where it cannot know it, the logs of the nodes. */
import { uploadEndpoint } from '@coupon-media/apiv3';

/**
 * An upload that reached upstream.
 * @typedef {object} Attempt
 * @property {string} key of the endpoint and the image
 * @property {number} at Unix milliseconds
 * @property {boolean} verifiable whether upstream sent a response, whole, that a client can believe
 * @property {string | undefined} value what a believable response gave: a URL, or a media_id
 */

/**
 * When a killed node could not record, or an engine was away and nobody could.
 * @typedef {{ from: number, until: number }} Away Unix milliseconds
 */

/**
 * @typedef {object} Verdict
 * @property {number} images images that upstream saw, of each endpoint
 * @property {number} uploads
 * @property {number} afterFault further uploads, each after one without a verified answer
 * @property {number} afterDeadline further uploads, each after an answer that was whole, and that came when the client had given up
 * @property {number} afterKill further uploads after a verifiable answer whose node may have been killed before it recorded it
 * @property {readonly Attempt[]} unmatched answers after which there was an upload that nothing explains
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
 * @param {readonly Away[]} kills
 * @param {ReadonlyMap<string, number>} unverified requests without a verified answer, of each image, as the nodes logged them
 * @returns {Verdict}
 */
export function judge(attempts, kills, unverified) {
  /** @type {Attempt[]} */
  const unmatched = [];
  const verdict = {
    images: 0,
    uploads: attempts.length,
    afterFault: 0,
    afterDeadline: 0,
    afterKill: 0,
    unmatched,
  };
  /** @type {Map<string, Attempt[]>} */
  const byImage = new Map();
  for (const attempt of attempts) byImage.set(attempt.key, [...(byImage.get(attempt.key) ?? []), attempt]);
  for (const [key, own] of byImage) {
    verdict.images += 1;
    let late = (unverified.get(key) ?? 0) - own.filter(({ verifiable }) => !verifiable).length;
    for (const earlier of own.slice(0, -1)) {
      const killed = kills.some(
        ({ from, until }) => until >= earlier.at && from <= earlier.at + BEFORE_RECORDED,
      );
      if (!earlier.verifiable) verdict.afterFault += 1;
      else if (killed) verdict.afterKill += 1;
      else if (late > 0) {
        late -= 1;
        verdict.afterDeadline += 1;
      } else unmatched.push(earlier);
    }
  }
  return verdict;
}

/**
 * @param {string} log of nodes, as lines of JSON
 * @returns {Map<string, number>} for each image how many requests to upstream ended without a verified answer
 */
export function unverifiedIn(log) {
  const counts = new Map();
  for (const line of log.split('\n')) {
    if (!/"msg":"upstream: (?:published|trouble)"/.test(line)) continue;
    const { endpoint, sha256, attempts, msg } = JSON.parse(line);
    const key = keyOf({ path: uploadEndpoint(endpoint).path, sha256 });
    counts.set(key, (counts.get(key) ?? 0) + attempts - (msg.endsWith('published') ? 1 : 0));
  }
  return counts;
}
