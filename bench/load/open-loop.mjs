/** Open-loop load at a given rate, independent of the responses: it measures the latency, and what happens under too much load. */
import { openConnection } from './connection.mjs';

/**
 * @typedef {object} Outcome of one request
 * @property {number} at milliseconds from the beginning, when it was due
 * @property {number} wait milliseconds from then to its response. So a slow response also shows in the requests that it delayed
 * @property {number} status 0 if its connection ended without a whole response
 */

/**
 * Sends requests at random moments with a mean rate, as independent callers do.
 * @param {number} port
 * @param {readonly import('./requests.mjs').Request[]} requests
 * @param {number} rate requests a second
 * @returns {Promise<number[]>} milliseconds of each, ascending
 * @throws where a response is not 200
 */
export async function sendAtRate(port, requests, rate) {
  const outcomes = await sendWhatever(port, requests, rate);
  const other = outcomes.find(({ status }) => status !== 200);
  if (other) throw new Error(other.status === 0 ? 'a connection was closed' : `answered ${other.status}`);
  return outcomes.map(({ wait }) => wait).sort((a, b) => a - b);
}

/**
 * The same, whatever the responses are.
 * @param {number} port
 * @param {readonly import('./requests.mjs').Request[]} requests
 * @param {number} rate requests a second
 * @returns {Promise<Outcome[]>} in the order in which they ended
 */
export function sendWhatever(port, requests, rate) {
  return new Promise((resolve) => {
    /** @typedef {{ request?: (status: number) => void }} Busy */
    /** @type {{ connection: import('./connection.mjs').Connection, busy: Busy }[]} */
    const idle = [];
    /** @type {Outcome[]} */
    const outcomes = [];
    const began = performance.now() + 100;
    let sent = 0;
    let due = began;

    // The load has its own core, so it may poll the clock: timers would be a millisecond late.
    function tick() {
      const now = performance.now();
      while (sent < requests.length && due <= now) sendOne();
      if (sent < requests.length) setImmediate(tick);
    }

    function open() {
      /** @type {Busy} */
      const busy = {};
      const one = { connection: openConnection(port, ended), busy };
      return one;

      function ended() {
        const at = idle.indexOf(one);
        if (at >= 0) idle.splice(at, 1);
        busy.request?.(0);
      }
    }

    function sendOne() {
      const one = idle.pop() ?? open();
      const wanted = due;
      const request = requests[sent];
      sent += 1;
      due += (-Math.log(1 - Math.random()) / rate) * 1000;
      one.busy.request = (status) => {
        one.busy.request = undefined;
        outcomes.push({ at: wanted - began, wait: performance.now() - wanted, status });
        // After a refusal the service may close the connection.
        if (status === 200) idle.push(one);
        else one.connection.close();
        if (outcomes.length < requests.length) return;
        for (const { connection } of idle) connection.close();
        resolve(outcomes);
      };
      if (request) one.connection.send(request, (status) => one.busy.request?.(status));
    }

    for (let connection = 0; connection < 16; connection += 1) idle.push(open());
    tick();
  });
}
