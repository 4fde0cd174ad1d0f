/**
 * Runs one server as a process of its own: `node host.mjs NAME SETTINGS`. It reports its port and records profiles on request.
 */
import { Session } from 'node:inspector/promises';

/**
 * @typedef {object} ServerSettings
 * @property {string} folder an empty one, for what it stores
 * @property {import('../identity.mjs').Identity} identity
 * @property {Record<string, string>} [environment] of a node: where its engines are
 * @property {import('../identity.mjs').Identity} [other] a second merchant
 * @property {number} [quota] uploads a second of each merchant; default: no limit
 */
/** @typedef {(settings: ServerSettings) => Promise<number>} StartServer gives the port */

const [name = '', settings = '{}'] = process.argv.slice(2);
const session = new Session();

/** @type {Record<string, () => Promise<object>>} */
const responses = {
  async startProfile() {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 250 });
    await session.post('Profiler.start');
    return {};
  },
  stopProfile: () => session.post('Profiler.stop'),
};

process.on('message', (/** @type {{ ask: string }} */ { ask }) => {
  responses[ask]?.().then(
    (response) => process.send?.(response),
    (error) => process.send?.({ error: String(error) }),
  );
});

const { start } = /** @type {{ start: StartServer }} */ (await import(`./${name}.mjs`));
process.send?.({ port: await start(JSON.parse(settings)) });
