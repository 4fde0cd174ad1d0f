/** How long each measurement takes: the whole bench in about 17 minutes, the quick one in about three. */

/**
 * @typedef {object} Scale
 * @property {number} rounds of everything that is interleaved
 * @property {number} seconds of load in a round
 * @property {number} warmUp seconds of load before it
 * @property {number} latencySeconds
 * @property {number} slowSeconds that a slow upload takes
 * @property {number} starts
 * @property {number} records how many the grown store holds
 * @property {number} profileSeconds
 * @property {number} journalSeconds
 * @property {number} keptImages in the store that is checked, listed and copied
 * @property {number} overloadSeconds
 * @property {number} soakMinutes
 */

/** @type {Scale} */
export const full = {
  rounds: 4,
  seconds: 2,
  warmUp: 3,
  latencySeconds: 8,
  slowSeconds: 10,
  starts: 10,
  records: 1_000_000,
  profileSeconds: 5,
  journalSeconds: 20,
  keptImages: 100_000,
  overloadSeconds: 60,
  soakMinutes: 30,
};

/** @type {Scale} */
export const quick = {
  rounds: 1,
  seconds: 1,
  warmUp: 1,
  latencySeconds: 3,
  slowSeconds: 4,
  starts: 3,
  records: 100_000,
  profileSeconds: 2,
  journalSeconds: 3,
  keptImages: 5_000,
  overloadSeconds: 10,
  soakMinutes: 2,
};

/**
 * @typedef {object} Bench what every chapter is given
 * @property {Scale} scale
 * @property {string} folder for data; emptied by whoever uses it
 * @property {import('./identity.mjs').Identity} identity
 * @property {(progress: string) => void} say
 */

/** The sizes of images, and how many callers send them at once. */
export const sizes = [
  { name: '10 KiB', bytes: 10 * 1024, connections: 64 },
  { name: '200 KiB', bytes: 200 * 1024, connections: 32 },
  { name: '2 MiB', bytes: 2 * 1024 * 1024, connections: 16 },
];

/** @typedef {(typeof sizes)[number]} Size */

/** @param {string} name @returns {Size} */
export function sizeNamed(name) {
  const size = sizes.find((each) => each.name === name);
  if (!size) throw new TypeError(`no size ${name}`);
  return size;
}
