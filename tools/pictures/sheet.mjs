/** The contact sheet: of each picture what others draw, and what prepare made of it, on a chequered ground. */
import sharp from 'sharp';

/** @typedef {import('./wide.mjs').Result} Result */

/** Pictures on one sheet: a browser has to show them all. */
const MOST = 600;

/**
 * @param {readonly Result[]} results in the order in which they are to stand
 * @returns {Promise<string>} HTML without anything outside it
 */
export async function contactSheet(results) {
  const cells = [];
  for (const result of results.slice(0, MOST)) cells.push(await cell(result));
  return `<!doctype html><meta charset="utf-8"><title>Contact sheet</title><style>
body { font: 10px sans-serif; background: #ddd; display: flex; flex-wrap: wrap; gap: 4px; margin: 4px }
figure { margin: 0; background: #fff; padding: 4px; width: 200px }
img { height: 48px; max-width: 90px; margin-right: 2px; object-fit: contain; vertical-align: top; image-rendering: pixelated;
  background: repeating-conic-gradient(#bbb 0 25%, #fff 0 50%) 0 0 / 8px 8px }
img.ours { outline: 2px solid #06c } .far { background: #fdd } .refused { background: #eef }
figcaption { overflow-wrap: anywhere }
</style>${cells.join('\n')}
`;
}

/** @param {Result} result */
async function cell({ file, verdict, said, bytes, seen }) {
  const ours =
    bytes &&
    (await sharp(bytes, { failOn: 'none' })
      .resize({ width: 64, height: 64, fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer());
  const others = await Promise.all(
    seen.map(async ({ by, drawn: { data, width, height } }) => {
      const png = await sharp(data, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer();
      return `<img title="${escaped(by)}" src="${url(png)}">`;
    }),
  );
  const far = bytes && seen.length > 0 && Math.min(...seen.map(({ distance }) => distance)) > 16;
  const distances = seen.map(({ distance }) => (Number.isNaN(distance) ? '' : distance.toFixed(0))).join(' ');
  return `<figure class="${bytes ? (far ? 'far' : '') : 'refused'}">${ours ? `<img class="ours" src="${url(ours)}">` : ''}${others.join('')}
<figcaption>${escaped(file)} <b>${distances}</b><br>${escaped(said || verdict)}</figcaption></figure>`;
}

/** @param {Buffer} png */
function url(png) {
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
