'use strict';

const isChinese = require('./language.cjs');

/** The same version as in package.json; a test compares them. */
const NEEDED = '20.19';

/**
 * Tells whether a Node is too old to run this program. It is written in the JavaScript of 2015, since every Node reads it.
 * @param {string} version such as `18.20.4`
 * @param {Record<string, string | undefined>} environment decides the language
 * @param {string} [system] the locale of the system, if the environment has none, as on Windows
 * @returns {string | undefined} the line to print if it is too old
 */
module.exports = function tooOld(version, environment, system) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return isChinese(environment, system)
    ? `coupon-media 需要 Node.js ${NEEDED} 或更高版本，当前是 ${version}。`
    : `coupon-media needs Node.js ${NEEDED} or newer, and this is ${version}.`;
};
