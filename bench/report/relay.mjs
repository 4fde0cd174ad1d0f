/** What an image costs the relay. */
import { median } from '../measure/statistics.mjs';
import { spread, table } from './format.mjs';

/** @typedef {import('../chapters/relay.mjs').RelayRound} RelayRound */

export const RELAY_LABELS = {
  service: "the service's upload",
  client: "the client's upload",
  apiv3: 'relay, a new image by the APIv3 door',
  plain: 'relay, a new image by the plain door',
  'apiv3 again': 'relay, the same bytes again by the APIv3 door',
  'plain again': 'relay, the same bytes again by the plain door',
};

const NAMES = /** @type {(keyof RelayRound)[]} */ (Object.keys(RELAY_LABELS));

/** @param {import('../chapters/relay.mjs').RelayResults} results */
export function relayTable(results) {
  return results
    .map(({ size, rounds, parts }) =>
      table(
        [size, 'CPU µs an image', 'of service and client', 'of the service'],
        [
          ...NAMES.map((name) => [
            RELAY_LABELS[name],
            spread(rounds.map((round) => round[name])),
            ratio(rounds, (round) => round[name] / sumOf(round)),
            ratio(rounds, (round) => round[name] / round.service),
          ]),
          ...floorRows(rounds, parts),
        ],
      ),
    )
    .join('\n\n');
}

/**
 * The service's and the client's uploads, without what a relay does once or not at all: it takes the digest once, and the plain door
 * verifies no caller's signature and signs no answer.
 *
 * @param {readonly RelayRound[]} rounds
 * @param {import('../measure/floor.mjs').FloorParts} parts
 */
function floorRows(rounds, { hash, sign, verify }) {
  const floors = { APIv3: hash, plain: hash + sign + verify };
  return Object.entries(floors).map(([door, saved]) => [
    `service and client, less what the ${door} door saves`,
    spread(rounds.map((round) => sumOf(round) - saved)),
    ratio(rounds, (round) => 1 - saved / sumOf(round)),
    ratio(rounds, (round) => (sumOf(round) - saved) / round.service),
  ]);
}

/**
 * @param {import('../chapters/relay.mjs').RelayResults} results
 * @param {string} size
 * @param {import('../chapters/relay.mjs').RelayWay} way
 * @returns {number} of service and client for a new image, of the service for the same bytes again; the median of the rounds
 */
export function relayCost(results, size, way) {
  const { rounds = [] } = results.find((result) => result.size === size) ?? {};
  return median(rounds.map((round) => round[way] / (isNew(way) ? sumOf(round) : round.service)));
}

/** @param {import('../chapters/relay.mjs').RelayWay} way */
export function isNew(way) {
  return way === 'apiv3' || way === 'plain';
}

/** @param {RelayRound} round */
function sumOf({ service, client }) {
  return service + client;
}

/**
 * @param {readonly RelayRound[]} rounds
 * @param {(round: RelayRound) => number} of
 */
function ratio(rounds, of) {
  return median(rounds.map(of)).toFixed(2);
}
