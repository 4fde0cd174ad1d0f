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

/** The most connections of one load: the process needs descriptors for its own files, too. */
const MOST_CONNECTIONS = 4000;

/** How many connections are opened before the load begins, if no pool is asked for. */
const OPENED = 16;

/** Milliseconds before the load begins, in which connections are opened: an event loop of Node accepts one in each of its turns. */
const OPENS_FOR = 100;
export const POOL_OPENS_FOR = 2000;

/**
 * The same, whatever the responses are. A request that finds no connection idle opens one, up to a bound; past it the request waits for
 * one, and its wait counts.
 * @param {number} port
 * @param {readonly import('./requests.mjs').Request[]} requests
 * @param {number} rate requests a second
 * @param {number} [pool] connections that are opened beforehand, and no others, as a proxy keeps them
 * @returns {Promise<Outcome[]>} in the order in which they ended
 */
export function sendWhatever(port, requests, rate, pool) {
  const most = pool ?? MOST_CONNECTIONS;
  return new Promise((resolve) => {
    /** @typedef {{ request?: (status: number) => void }} Busy */
    /** @type {{ connection: import('./connection.mjs').Connection, busy: Busy }[]} */
    const idle = [];
    /** @type {Outcome[]} */
    const outcomes = [];
    const began = performance.now() + (pool ? POOL_OPENS_FOR : OPENS_FOR);
    let sent = 0;
    let opened = 0;
    let due = began;

    // The load has its own core, so it may poll the clock: timers would be a millisecond late.
    function tick() {
      const now = performance.now();
      while (sent < requests.length && due <= now && (idle.length > 0 || opened < most)) sendOne();
      if (sent < requests.length) setImmediate(tick);
    }

    function open() {
      /** @type {Busy} */
      const busy = {};
      const one = { connection: openConnection(port, ended), busy };
      opened += 1;
      return one;

      function ended() {
        opened -= 1;
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
        // As any client's pool does: a connection is used again unless it ended, whatever was answered on it.
        if (status !== 0) idle.push(one);
        if (outcomes.length < requests.length) return;
        for (const { connection } of idle) connection.close();
        resolve(outcomes);
      };
      if (request) one.connection.send(request, (status) => one.busy.request?.(status));
    }

    for (let connection = 0; connection < (pool ?? OPENED); connection += 1) idle.push(open());
    tick();
  });
}
