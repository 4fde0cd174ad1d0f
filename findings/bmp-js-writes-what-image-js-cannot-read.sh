#!/usr/bin/env bash
# A BMP of bmp-js is refused by fast-bmp (so by image-js) and decode-bmp: bmp-js writes its rows from the top, always.
#
# Versions: bmp-js 0.1.0, fast-bmp 4.0.1, image-js 1.7.0, decode-bmp 0.2.1 (npm).
# Source:   BITMAPINFOHEADER: biHeight is signed, and a negative one says that the rows begin at the top. bmp-js's README shows no
#           option for it, and names its encoder's output a 24-bit BMP.
# Expected: an uncompressed 24-bit BMP that any reader takes.
# Seen:     "Invalid typed array length" (the height is read as 4,294,967,289) and "Truncated bitmap data"; bmp-ts, which came out of
#           bmp-js, writes from the bottom, and is read by both.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund bmp-js@0.1.0 bmp-ts@1.0.9 fast-bmp@4.0.1 image-js@1.7.0 decode-bmp@0.2.1
cat >read.mjs <<'JS'
import bmpJs from 'bmp-js';
import * as bmpTs from 'bmp-ts';
import decodeBmp from 'decode-bmp';
import * as fastBmp from 'fast-bmp';
import * as imageJs from 'image-js';

const [writer, reader] = process.argv.slice(2);
const picture = { width: 5, height: 7, data: Buffer.alloc(5 * 7 * 4, 90) };
const bytes = writer === 'bmp-js' ? bmpJs.encode(picture).data : bmpTs.encode({ ...picture, bitPP: 24 }).data;
const readers = {
  header: () => ({ width: bytes.readInt32LE(18), height: bytes.readInt32LE(22) }),
  'bmp-js': () => bmpJs.decode(bytes),
  'fast-bmp': () => fastBmp.decode(bytes),
  'image-js': () => imageJs.decode(bytes),
  'decode-bmp': () => decodeBmp(bytes),
};
try {
  const { width, height } = readers[reader]();
  console.log(`${width} by ${height}`);
} catch (error) {
  console.log(error.message);
}
JS
sees 'header by bmp-js' '5 by -7' "$(node read.mjs bmp-js header)"
sees 'bmp-js by itself' '5 by 7' "$(node read.mjs bmp-js bmp-js)"
for reader in fast-bmp image-js; do
  sees "bmp-js by $reader" 'Invalid typed array length: 64424509335' "$(node read.mjs bmp-js "$reader")"
done
sees 'bmp-js by decode-bmp' 'Truncated bitmap data' "$(node read.mjs bmp-js decode-bmp)"
for reader in fast-bmp image-js decode-bmp; do sees "bmp-ts by $reader" '5 by 7' "$(node read.mjs bmp-ts "$reader")"; done
