'use strict';

const { readFileSync, writeSync } = require('node:fs');
const path = require('node:path');
const isChinese = require('./language.cjs');

const typed = process.argv.slice(2).join(' ');

// main.js reports its own errors.
if (!print(asksVersion() ? `${release(path.join(__dirname, '..'))}\n` : printed()))
  void import('../dist/main.js');

function asksVersion() {
  return typed === '--version' || typed === '-V';
}

/**
 * Finds what the build saw the program print, which needs nothing of the program.
 * @returns {string | undefined}
 */
function printed() {
  const asked = typed === '-h' || typed === 'help' ? '--help' : typed;
  if (!/^(--help|completion (ba|z)sh)$/.test(asked)) return undefined;
  const language = isChinese(process.env) ? 'zh-CN' : 'en';
  const hasService = findsService();
  const columns = process.stdout.isTTY ? process.stdout.columns : 80;
  try {
    /** @type {import('../dist/printed.js').PrintedText[]} */
    const texts = JSON.parse(readFileSync(path.join(__dirname, `../dist/printed.${language}.json`), 'utf8'));
    return texts.find(
      (one) =>
        one.typed === asked &&
        one.hasService === hasService &&
        one.columns[0] <= columns &&
        columns <= one.columns[1],
    )?.text;
  } catch {
    return undefined;
  }
}

/** Whether the service's commands are there, in this release. */
function findsService() {
  try {
    return (
      release(path.join(path.dirname(require.resolve('@coupon-media/service-cli')), '..')) ===
      release(path.join(__dirname, '..'))
    );
  } catch {
    return false;
  }
}

/**
 * @param {string} folder of a package
 * @returns {string}
 */
function release(folder) {
  return require(path.join(folder, 'package.json')).version;
}

/**
 * @param {string | undefined} text
 * @returns {boolean} false if nothing was printed, so that main.js prints it, or says why it cannot. A closed pipe is not an error
 */
function print(text) {
  if (text === undefined) return false;
  const bytes = Buffer.from(text);
  let sent = 0;
  try {
    while (sent < bytes.length) sent += writeSync(1, bytes, sent);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EPIPE') return true;
    if (code !== 'EAGAIN' || sent === 0) return false;
    // A pipe that does not wait is full: the stream does.
    process.stdout.write(bytes.subarray(sent));
  }
  return true;
}
