/** Closed-loop load, as fast as responses arrive: it measures the maximum rate. */
import { openConnection } from './connection.mjs';

/**
 * Sends every request once; each connection sends the next request after the response to the last one.
 * @param {number | readonly number[]} port where there are several, connections go to them in turn
 * @param {readonly import('./requests.mjs').Request[]} requests
 * @param {number} connections
 * @returns {Promise<number>} seconds from the first byte to the last response
 * @throws where a response is not 200, nor the 304 that was asked for
 */
export function sendAll(port, requests, connections) {
  return new Promise((resolve, reject) => {
    const ports = [port].flat();
    const opened = Array.from({ length: connections }, (_, at) =>
      openConnection(ports[at % ports.length] ?? 0, fail),
    );
    let sent = 0;
    let answered = 0;
    const began = performance.now();

    /** @param {Error} error */
    function fail(error) {
      for (const connection of opened) connection.close();
      reject(error);
    }

    /** @param {import('./connection.mjs').Connection} connection */
    function next(connection) {
      const request = requests[sent];
      if (!request) return;
      sent += 1;
      connection.send(request, (status) => {
        if (status !== 200 && status !== 304) return fail(new Error(`answered ${status}`));
        answered += 1;
        if (answered < requests.length) return next(connection);
        for (const each of opened) each.close();
        resolve((performance.now() - began) / 1000);
      });
    }

    for (const connection of opened) next(connection);
  });
}
