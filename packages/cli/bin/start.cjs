'use strict';

const { writeSync } = require('node:fs');

const [, , typed, ...others] = process.argv;
const asksVersion = others.length === 0 && (typed === '--version' || typed === '-V');

// main.js reports its own errors.
if (!(asksVersion && printsVersion())) void import('../dist/main.js');

/**
 * Prints the release, which needs nothing of the program.
 * @returns {boolean} false if it could not be printed, so that main.js says why. A closed pipe is not an error
 */
function printsVersion() {
  /** @type {{ version: string }} */
  const { version } = require('../package.json');
  try {
    writeSync(1, `${version}\n`);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE';
  }
}
