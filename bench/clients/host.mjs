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

/**
 * A PNG of one chunk of random text and the last one: our client warns of images that do not end.
 * @param {Buffer} head signature and IHDR
 * @param {number} bytes in all
 */
function wholeImage(head, bytes) {
  const text = randomBytes(bytes - head.length - 12);
  text.writeUInt32BE(text.length - 12);
  text.write('tEXt', 4);
  return Buffer.concat([head, text, Buffer.from('0000000049454e44ae426082', 'hex')]);
}

process.on('message', async (/** @type {{ count: number, bytes: number, head: string }} */ work) => {
  try {
    const image = wholeImage(Buffer.from(work.head, 'base64'), work.bytes);
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
