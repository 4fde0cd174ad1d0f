#!/usr/bin/env bash
# A JPEG that Pillow saves with keep_rgb comes out of jpeg-js, and so of Jimp, in quite other colours.
#
# Versions: Pillow 13.0.0 (PyPI); jpeg-js 0.4.4, jimp 1.6.1, sharp 0.35.5 (npm).
# Source:   T.872 6.5.3: the Adobe segment's transform 0 says that three components are RGB. jpeg-js's README: colorTransform undefined
#           means to respect the default that is encoded in the metadata.
# Expected: (200, 30, 90) as saved, give or take one, as sharp and Pillow read it.
# Seen:     the components are taken for YCbCr though the file has an Adobe segment with transform 0: (146, 255, 26).

. "$(dirname "$0")/frame/frame.bash"
need node npm python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0
get npm install --no-audit --no-fund jpeg-js@0.4.4 jimp@1.6.1 sharp@0.35.5
cat >make.py <<'PY'
from PIL import Image

Image.new('RGB', (16, 16), (200, 30, 90)).save('a.jpg', quality=95, keep_rgb=True)
segment = open('a.jpg', 'rb').read().split(b'Adobe')[1]
print('Adobe, transform', segment[6], *Image.open('a.jpg').getpixel((8, 8)))
PY
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Jimp } from 'jimp';
import jpeg from 'jpeg-js';
import sharp from 'sharp';

const bytes = readFileSync('a.jpg');
const readers = {
  sharp: () => sharp(bytes).raw().toBuffer(),
  'jpeg-js': () => jpeg.decode(bytes).data,
  'jpeg-js, colorTransform: false': () => jpeg.decode(bytes, { colorTransform: false }).data,
  jimp: async () => (await Jimp.read(bytes)).bitmap.data,
};
console.log((await readers[process.argv[2]]()).subarray(0, 3).join(' '));
JS
sees 'Pillow' 'Adobe, transform 0 200 30 90' "$(venv/bin/python make.py)"
sees 'sharp' '200 30 90' "$(node read.mjs sharp)"
sees 'jpeg-js' '146 255 26' "$(node read.mjs jpeg-js)"
sees 'jpeg-js, told so' '200 30 90' "$(node read.mjs 'jpeg-js, colorTransform: false')"
sees 'jimp' '146 255 26' "$(node read.mjs jimp)"
