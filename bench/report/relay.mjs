/** What an image costs the relay. */
import { median } from '../measure/statistics.mjs';
import { spread, table } from './format.mjs';

/** @typedef {import('../chapters/relay.mjs').RelayRound} RelayRound */

const LABELS = /** @type {const} */ ([
  ['service', "the service's upload"],
  ['client', "the client's upload"],
  ['apiv3', 'relay, a new image by the APIv3 door'],
  ['plain', 'relay, a new image by the plain door'],
  ['apiv3 again', 'relay, the same bytes again by the APIv3 door'],
  ['plain again', 'relay, the same bytes again by the plain door'],
]);

/** @param {import('../chapters/relay.mjs').RelayResults} results */
export function relayTable(results) {
  return results
    .map(({ size, rounds }) =>
      table(
        [size, 'CPU µs an image', 'of service and client', 'of the service'],
        LABELS.map(([name, label]) => [
          label,
          spread(rounds.map((round) => round[name])),
          ratio(rounds, (round) => round[name] / (round.service + round.client)),
          ratio(rounds, (round) => round[name] / round.service),
        ]),
      ),
    )
    .join('\n\n');
}

/**
 * @param {readonly RelayRound[]} rounds
 * @param {(round: RelayRound) => number} of
 */
function ratio(rounds, of) {
  return median(rounds.map(of)).toFixed(2);
}
