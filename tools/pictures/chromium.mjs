/** Draws pictures with Chromium, to compare with what people see. One browser draws them all, one after another. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';

/**
 * @typedef {object} Drawn Pixels of sRGB with straight alpha, four bytes each.
 * @property {number} width
 * @property {number} height
 * @property {Buffer} data
 */

/**
 * @typedef {object} Browser
 * @property {string} name with its version
 * @property {(bytes: Uint8Array, side: number) => Promise<Drawn | undefined>} draw
 *   scaled so that the longest side has at most `side` pixels; undefined if the browser does not show the picture
 * @property {() => Promise<void>} close
 */

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
/** Milliseconds: a browser that has not drawn a picture by then does not show it. */
const PATIENCE = 30_000;

/**
 * Starts the browser that CHROMIUM names, or else one on the PATH.
 * @returns {Promise<Browser | undefined>} undefined if there is none
 */
export async function openChromium() {
  const found = findChromium();
  if (!found) return undefined;
  const jobs = createJobs();
  const server = createServer((request, response) => jobs.serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const profile = mkdtempSync(path.join(tmpdir(), 'pictures-'));
  const child = spawn(found.command, [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    // Its processes end with the group.
    detached: true,
  });
  child.once('exit', () => jobs.end());
  return {
    name: found.name,
    draw: (bytes, side) => jobs.ask(bytes, side),
    async close() {
      jobs.end();
      const exited = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
      if (exited && child.pid) process.kill(-child.pid, 'SIGKILL');
      await exited;
      server.closeAllConnections();
      server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

function findChromium() {
  for (const command of process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { command, name: `Chromium ${/\d+/.exec(stdout)?.[0] ?? ''}`.trim() };
  }
  return undefined;
}

const FLAGS = [
  '--headless=new',
  '--no-first-run',
  '--disable-gpu',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  // Chromium has no sandbox for root, as in containers. The pictures are the caller's own.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** The page asks for one picture after another, and posts what it drew. */
function createJobs() {
  /** @typedef {{ bytes: Uint8Array, side: number, done: (drawn: Drawn | undefined) => void }} Job */
  /** @type {Job[]} */
  const waiting = [];
  /** @type {Map<number, Job>} */
  const drawing = new Map();
  /** @type {import('node:http').ServerResponse | undefined} */
  let idle;
  let ended = false;
  let number = 0;

  function next() {
    const job = idle && waiting.shift();
    if (!job || !idle) return;
    drawing.set(++number, job);
    idle.end(JSON.stringify({ number, side: job.side }));
    idle = undefined;
  }

  /** @type {import('node:http').RequestListener} */
  async function serve(request, response) {
    const [, verb, id] = (request.url ?? '').split('/');
    const job = drawing.get(Number(id));
    if (verb === 'next') {
      idle = response;
      next();
    } else if (verb === 'picture' && job) {
      // Without a type the browser looks at the bytes, as people's phones do.
      response.end(job.bytes);
    } else if (verb === 'drawn' && job) {
      const data = await buffer(request);
      const { width, height } = request.headers;
      drawing.delete(Number(id));
      job.done(data.length ? { width: Number(width), height: Number(height), data } : undefined);
      response.end();
    } else if (verb === '') {
      response.setHeader('content-type', 'text/html').end(PAGE);
    } else {
      response.writeHead(404).end();
    }
  }

  return {
    serve,
    /**
     * @param {Uint8Array} bytes
     * @param {number} side
     * @returns {Promise<Drawn | undefined>}
     */
    ask(bytes, side) {
      if (ended) throw new Error('the browser has ended');
      return new Promise((done) => {
        waiting.push({ bytes, side, done });
        next();
      });
    },
    end() {
      ended = true;
      for (const job of [...drawing.values(), ...waiting.splice(0)]) job.done(undefined);
      drawing.clear();
    },
  };
}

// `decode()` resolves for some pictures of which nothing is drawn, so that what counts is the canvas alone.
const PAGE = `<!doctype html><canvas></canvas><script type="module">
const canvas = document.querySelector('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
async function draw({ number, side }) {
  const image = new Image();
  const loaded = new Promise((resolve, reject) => { image.onload = resolve; image.onerror = reject; });
  image.src = '/picture/' + number;
  await Promise.race([loaded, new Promise((_, reject) => setTimeout(reject, ${PATIENCE}))]);
  const { naturalWidth, naturalHeight } = image;
  const scale = Math.min(1, side / Math.max(naturalWidth, naturalHeight));
  canvas.width = Math.max(1, Math.round(naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(naturalHeight * scale));
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
for (;;) {
  const job = await (await fetch('/next')).json();
  const { width = 0, height = 0, data = '' } = await draw(job).catch(() => ({}));
  await fetch('/drawn/' + job.number, { method: 'POST', body: data, headers: { width, height } });
}
</script>`;
