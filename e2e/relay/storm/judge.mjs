/** What the journal of upstream says of a storm, and where it cannot know it, the logs of the nodes. */
import { uploadEndpoint } from '@coupon-media/apiv3';

/**
 * An upload that reached upstream.
 * @typedef {object} Attempt
 * @property {string} key of the endpoint and the image
 * @property {number} at Unix milliseconds
 * @property {boolean} verifiable whether upstream sent a response, whole, that a client can believe
 * @property {string} requestId of the response
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
 * @property {number} afterKill further uploads, each after an answer that no node has recorded, with a kill between the two
 * @property {number} afterRecord further uploads after a verified answer was recorded
 * @property {readonly Attempt[]} unmatched answers after which there was an upload that nothing explains
 */

/**
 * @param {import('@coupon-media/sandbox').Sandbox} upstream
 * @returns {Attempt[]} in the order in which they came
 */
export function attemptsOf(upstream) {
  return upstream.requests.flatMap(({ url, upload, response, fault, outcome, at }) => {
    if (!upload?.sha256) return [];
    const verifiable = outcome === 'SUCCESS' && fault === undefined && response?.writtenWhole === true;
    const [value] = verifiable ? Object.values(JSON.parse(response.body)) : [];
    const requestId = String(response?.headers['Request-ID']);
    return [
      { key: keyOf({ path: url, sha256: upload.sha256 }), at: at.getTime(), verifiable, requestId, value },
    ];
  });
}

/** @param {{ path: string, sha256: string }} image with the path of its endpoint: each endpoint belongs to one account here */
export function keyOf({ path, sha256 }) {
  return `${path} ${sha256}`;
}

/**
 * @param {readonly Attempt[]} attempts
 * @param {readonly Away[]} kills
 * @param {Logged} logged
 * @returns {Verdict}
 */
export function judge(attempts, kills, { unverified, recorded }) {
  /** @type {Attempt[]} */
  const unmatched = [];
  const counts = { afterFault: 0, afterDeadline: 0, afterKill: 0, afterRecord: 0 };
  /** @type {Map<string, Attempt[]>} */
  const byImage = new Map();
  for (const attempt of attempts) byImage.set(attempt.key, [...(byImage.get(attempt.key) ?? []), attempt]);
  for (const [key, own] of byImage) {
    let late = (unverified.get(key) ?? 0) - own.filter(({ verifiable }) => !verifiable).length;
    for (const [at, earlier] of own.slice(0, -1).entries()) {
      const next = own[at + 1] ?? earlier;
      const recordedAt = recorded.get(earlier.requestId);
      if (recordedAt !== undefined && next.at > recordedAt) counts.afterRecord += 1;
      if (!earlier.verifiable) counts.afterFault += 1;
      else if (recordedAt === undefined && kills.some(isBetween(earlier.at - IN_FLIGHT, next.at)))
        counts.afterKill += 1;
      else if (recordedAt === undefined && late > 0) {
        late -= 1;
        counts.afterDeadline += 1;
      } else unmatched.push(earlier);
    }
  }
  return { images: byImage.size, uploads: attempts.length, ...counts, unmatched };
}

/** Milliseconds. What a node sent before its kill arrives after it: the system sends on, and upstream reads when it comes to it. */
const IN_FLIGHT = 250;

/**
 * @param {number} one Unix milliseconds
 * @param {number} other
 * @returns {(away: Away) => boolean}
 */
function isBetween(one, other) {
  return ({ from, until }) => until >= one && from <= other;
}

/**
 * What nodes have logged of their uploads.
 * @typedef {object} Logged
 * @property {ReadonlyMap<string, number>} unverified requests without a verified answer, by image
 * @property {ReadonlyMap<string, number>} recorded Unix milliseconds, by upstream's Request-ID
 */

/**
 * @param {string} log as lines of JSON
 * @returns {Logged}
 */
export function readLog(log) {
  const unverified = new Map();
  const recorded = new Map();
  for (const line of log.split('\n')) {
    if (!/"msg":"upstream: (?:published|trouble)"/.test(line)) continue;
    const { endpoint, sha256, attempts, upstreamRequestId, time } = JSON.parse(line);
    const key = keyOf({ path: uploadEndpoint(endpoint).path, sha256 });
    if (upstreamRequestId) recorded.set(upstreamRequestId, time);
    unverified.set(key, (unverified.get(key) ?? 0) + attempts - (upstreamRequestId ? 1 : 0));
  }
  return { unverified, recorded };
}
