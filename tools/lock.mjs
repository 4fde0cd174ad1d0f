/** One process at a time: a file that holds its owner's process number. For any Node since 14. */
import fs from 'node:fs';

const PATIENCE = 10 * 60_000;

/**
 * Runs `work` while no other process holds the lock. A lock whose process is gone is taken over.
 * @template T
 * @param {string} file
 * @param {(owner: string) => void} waiting told once, when there is somebody to wait for
 * @param {() => T} work
 * @returns {T}
 */
export function withLock(file, waiting, work) {
  const deadline = Date.now() + PATIENCE;
  for (let told = false; !take(file); sleep(100)) {
    const owner = read(file);
    if (!told && owner) waiting(owner);
    told = told || Boolean(owner);
    if (Date.now() > deadline) {
      throw new Error(
        `Process ${owner} has held ${file} for ten minutes. If it does nothing, delete the file.`,
      );
    }
  }
  const release = () => {
    if (read(file) === String(process.pid)) fs.rmSync(file, { force: true });
  };
  process.once('exit', release); // where `work` ends the process
  try {
    return work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** @param {string} file */
function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const owner = read(file);
    if (owner && !isRunning(Number(owner))) breakLock(file, owner);
    return false;
  }
}

/**
 * Renaming decides which of several waiting processes removes the dead one's lock.
 * @param {string} file
 * @param {string} owner
 */
function breakLock(file, owner) {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (read(aside) !== owner) fs.renameSync(aside, file); // somebody was faster, and this is the new owner's
  } catch {
    // somebody was faster
  }
  fs.rmSync(aside, { force: true });
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
