/**
 * The door through which tests get engines. What no engine is there for is skipped, and told at the end of the run:
 *
 *     const engines = await useEngines('postgres', 's3');
 *     describe('…', engines.needed, () => {
 *       it('…', () => open(engines.postgres.url));
 *     });
 */

/** The variable that tells a test file where the broker is. */
export const BROKER = 'TEST_ENGINES';

/**
 * What a test file gets to itself, on engines that all of them share: nobody else's tests see it.
 * @typedef {object} Places
 * @property {{ url: string }} postgres an empty database
 * @property {{ url: string }} redis an empty logical database
 * @property {{ endpoint: string, region: string, accessKey: string, secretKey: string, bucket: string }} s3 an empty
 *   bucket, addressed in the path
 * @property {{ program: string }} balancer where haproxy is
 * @property {{ program: string }} pgbouncer where pgbouncer is
 * @property {{ program: string }} nginx where nginx is
 * @property {{ program: string }} apache where Apache httpd is
 */

/**
 * For `describe` and `test`: skips where an engine is missing, with the reason for the reporter.
 * @typedef {{ skip?: boolean, meta?: object }} Needed
 */

/**
 * @template {keyof Places} Name
 * @param {Name[]} names the first test that asks starts an engine
 * @returns {Promise<Pick<Places, Name> & { needed: Needed }>} where one is missing, the places are empty
 */
export async function useEngines(...names) {
  const places = await Promise.all(names.map(async (name) => [name, await ask(`place/${name}`)]));
  return { ...Object.fromEntries(places), needed: needed(places.map(([, place]) => place)) };
}

/**
 * For tests that start engines of their own, to end or to stop them: `startPostgres`, `startRedis`, `startCeph`.
 * @param {(keyof Places)[]} names
 * @returns {Promise<{ needed: Needed }>}
 */
export async function requireEngines(...names) {
  return { needed: needed(await Promise.all(names.map((name) => ask(`missing/${name}`)))) };
}

/**
 * @param {{ missing?: string }[]} answers
 * @returns {Needed}
 */
function needed(answers) {
  const reasons = answers.flatMap(({ missing }) => missing ?? []);
  return reasons.length === 0 ? {} : { skip: true, meta: { missing: reasons.join('; ') } };
}

/**
 * @param {string} wish
 * @returns {Promise<any>}
 */
async function ask(wish) {
  const broker = process.env[BROKER];
  if (!broker)
    throw new Error(
      `${BROKER} is not set: these tests are run by vitest, with the project's own configuration`,
    );
  const answer = await fetch(`${broker}/${wish}`);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

export { startCeph } from './ceph.mjs';
export { startPostgres } from './postgres.mjs';
export { startRedis } from './redis.mjs';
