/** Runs one client as a process of its own: `node host.mjs NAME SETTINGS`. It uploads as often as requested. */
import { randomBytes } from 'node:crypto';

/**
 * @typedef {object} ClientSettings
 * @property {string} baseUrl
 * @property {string} folder an empty one
 * @property {import('../identity.mjs').Identity} identity
 */
/** @typedef {(image: Buffer) => Promise<string>} Upload gives the URL */
/** @typedef {(settings: ClientSettings) => Upload | Promise<Upload>} CreateClient */

const [name = '', settings = '{}'] = process.argv.slice(2);
const { create } = /** @type {{ create: CreateClient }} */ (await import(`./${name}.mjs`));
const upload = await create(JSON.parse(settings));

/** The default of our client. */
const AT_A_TIME = 8;

/**
 * @param {number} count
 * @param {Buffer} image
 */
async function uploadAll(count, image) {
  let begun = 0;
  async function oneAfterAnother() {
    while (begun < count) {
      begun += 1;
      const url = await upload(image);
      if (!url.startsWith('http')) throw new Error(`gave ${url} for a URL`);
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterAnother));
}

process.on('message', async (/** @type {{ count: number, bytes: number, head: string }} */ work) => {
  try {
    const head = Buffer.from(work.head, 'base64');
    const image = Buffer.concat([head, randomBytes(work.bytes - head.length)]);
    const cpu = process.cpuUsage();
    const began = performance.now();
    await uploadAll(work.count, image);
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    process.send?.({ rate: work.count / seconds, cpu: (user + system) / work.count });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.send?.({});
