import { language, say } from '../messages/language.js';
import { PREVIEW } from '../messages/preview.js';
import css from './phones.css?inline';
import type { ShownPicture } from './pictures.js';

/**
 * One file of HTML with the images in it, for whoever approves them: no script, nothing from elsewhere, and no way back to the server.
 *
 * @param phones what the page shows; addresses of this page in it become the bytes themselves
 */
export async function approvalPage(
  name: string,
  phones: HTMLElement,
  pictures: readonly ShownPicture[],
): Promise<string> {
  let body = phones.outerHTML;
  for (const { address, image } of pictures) body = body.replaceAll(address, await dataAddress(image));
  const title = document.createElement('title');
  title.textContent = name;
  const list = document.createElement('ul');
  for (const { image, name: file } of pictures) {
    const line = document.createElement('li');
    const isolated = document.createElement('bdi');
    isolated.textContent = file;
    line.append(isolated, ` · ${image.size.toLocaleString(language.peek())} B`);
    list.append(line);
  }
  return `<!doctype html>
<html lang="${language.peek()}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
${title.outerHTML}
<style>${css}</style>
<h1>${title.innerHTML}</h1>
<p>${say(PREVIEW.note)}</p>
${body}
<h2>${say(PREVIEW.files)}</h2>
${list.outerHTML}
</html>
`;
}

async function dataAddress(image: Blob): Promise<string> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return `data:${KINDS.has(image.type) ? image.type : 'image/png'};base64,${btoa(text)}`;
}

/** Arguments that a call may have. */
const CHUNK = 8192;
/** The type of a file that is sent as it is comes from its name, and could be anything. */
const KINDS: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/bmp']);
