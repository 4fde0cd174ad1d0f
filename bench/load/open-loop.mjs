/** Open-loop load at a given rate, independent of the responses: it measures the latency. */
import { openConnection } from './connection.mjs';

/**
 * Sends requests at random moments with a mean rate, as independent callers do. The latency counts from the moment when a
 * request was due, so that a slow response also shows in the requests that it delayed.
 * @param {number} port
 * @param {readonly import('./requests.mjs').Request[]} requests
 * @param {number} rate requests a second
 * @returns {Promise<number[]>} milliseconds of each, ascending
 * @throws where a response is not 200
 */
export function sendAtRate(port, requests, rate) {
  return new Promise((resolve, reject) => {
    /** @type {import('./connection.mjs').Connection[]} */
    const idle = Array.from({ length: 16 }, () => openConnection(port, reject));
    /** @type {number[]} */
    const waits = [];
    let sent = 0;
    let due = performance.now() + 100;

    // The load has its own core, so it may poll the clock: timers would be a millisecond late.
    function tick() {
      const now = performance.now();
      while (sent < requests.length && due <= now) sendOne();
      if (sent < requests.length) setImmediate(tick);
    }

    function sendOne() {
      const connection = idle.pop() ?? openConnection(port, reject);
      const wanted = due;
      const request = requests[sent];
      sent += 1;
      due += (-Math.log(1 - Math.random()) / rate) * 1000;
      if (request) connection.send(request, (status) => arrived(connection, status, wanted));
    }

    /**
     * @param {import('./connection.mjs').Connection} connection
     * @param {number} status
     * @param {number} wanted
     */
    function arrived(connection, status, wanted) {
      if (status !== 200) return reject(new Error(`answered ${status}`));
      waits.push(performance.now() - wanted);
      idle.push(connection);
      if (waits.length < requests.length) return;
      for (const each of idle) each.close();
      resolve(waits.sort((a, b) => a - b));
    }

    tick();
  });
}
