import { readFileSync } from 'node:fs';

/** An image that is also something else. */
export interface Polyglot {
  name: string;
  suffix: 'png' | 'jpg' | 'bmp';
  bytes: Buffer;
}

/**
 * Images that decode, or pass for images, and are also pages or scripts.
 *
 * @param beacon the URL to which running code reports
 */
export function polyglots(beacon: string): Polyglot[] {
  const png = readFileSync('packages/sandbox/images/coupon.png');
  const jpg = readFileSync('packages/sandbox/images/coupon.jpg');
  const page = (name: string) =>
    Buffer.from(
      `<!doctype html><html><body><script>new Image().src="${beacon}/${name}"</script><img src=x onerror="new Image().src='${beacon}/${name}'"></body></html>`,
    );
  const svg = (name: string) =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" onload="new Image().src='${beacon}/${name}'"><script>new Image().src="${beacon}/${name}"</script></svg>`,
    );
  return [
    { name: 'page-after-png', suffix: 'png', bytes: Buffer.concat([png, page('page-after-png')]) },
    { name: 'page-in-jpg', suffix: 'jpg', bytes: withComment(jpg, page('page-in-jpg')) },
    { name: 'page-after-bmp', suffix: 'bmp', bytes: Buffer.concat([bmp(), page('page-after-bmp')]) },
    { name: 'svg-after-png', suffix: 'png', bytes: Buffer.concat([png, svg('svg-after-png')]) },
    { name: 'script-in-bmp', suffix: 'bmp', bytes: scriptInBmp(`new Image().src="${beacon}/script-in-bmp"`) },
  ];
}

/** A comment segment directly after the start of a JPEG. */
function withComment(jpg: Buffer, comment: Buffer): Buffer {
  const head = Buffer.from('fffe0000', 'hex');
  head.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([jpg.subarray(0, 2), head, comment, jpg.subarray(2)]);
}

/** One pixel, 24 bits, with the head of 54 bytes. */
function bmp(): Buffer {
  const bytes = Buffer.alloc(58);
  bytes.write('BM');
  bytes.writeUInt32LE(58, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(1, 18);
  bytes.writeInt32LE(1, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/** `BM` is an identifier and the rest of the head a comment, so that the whole file is a script. */
function scriptInBmp(script: string): Buffer {
  const bytes = bmp();
  bytes.write('/*', 2);
  return Buffer.concat([bytes, Buffer.from(`*/=0;${script}`)]);
}
