'use strict';

/**
 * Whether the locale of the environment, in the order of POSIX, is a Chinese one. It is written in the JavaScript of 2015, since every
 * Node reads it.
 * @param {Record<string, string | undefined>} environment
 * @param {string} [system] the locale of the system, if the environment has none, as on Windows
 * @returns {boolean}
 */
module.exports = function isChinese(environment, system) {
  const named = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG;
  return /^zh/i.test(named || system || new Intl.DateTimeFormat().resolvedOptions().locale);
};
