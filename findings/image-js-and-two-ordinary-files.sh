#!/usr/bin/env bash
# image-js gives a BMP with a palette as the numbers of its colours, and a TIFF in tiles with two of three samples empty and the third spread out.
#
# Versions: image-js 1.7.0 with fast-bmp 4.0.1 and tiff 7.1.3, sharp 0.35.5 (npm); Pillow 13.0.0, tifffile 2026.3.3, numpy 2.4.6 (PyPI).
# Source:   TIFF 6.0 section 15 (tiles) and tiff's README: RGB images of 8 bits; the header of a BMP says how many colours its palette has, and
#           fast-bmp's README has "greyscale (8-bits per pixel)", while it refuses other kinds that it does not know.
# Expected: (200, 30, 90) at the upper left and (20, 180, 60) at the upper right, or an error.
# Seen:     an image in grey with the values 1 and 0 for the BMP, and for the TIFF pixels such as (200, 0, 0), (30, 0, 0), (90, 0, 0).

. "$(dirname "$0")/frame/frame.bash"
need node npm python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
get npm install --no-audit --no-fund image-js@1.7.0 fast-bmp@4.0.1 tiff@7.1.3 sharp@0.35.5
cat >make.py <<'PY'
import numpy
import tifffile
from PIL import Image

pixels = numpy.full((32, 32, 3), (200, 30, 90), numpy.uint8)
pixels[:, 16:] = (20, 180, 60)
palette = Image.new('P', (32, 32), 1)
palette.putpalette([20, 180, 60, 200, 30, 90])
palette.paste(0, (16, 0, 32, 32))
palette.save('palette.bmp')
tifffile.imwrite('tiles.tif', pixels, photometric='rgb', tile=(16, 16))
tifffile.imwrite('strips.tif', pixels, photometric='rgb')
for file in 'palette.bmp', 'tiles.tif':
    image = Image.open(file).convert('RGB')
    print(file, *image.getpixel((0, 0)), *image.getpixel((16, 0)), end='; ')
PY
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { decode } from 'image-js';
import sharp from 'sharp';

const [file, reader] = process.argv.slice(2);
if (reader === 'sharp') {
  const pixels = await sharp(file).raw().toBuffer();
  console.log('RGB', [0, 1, 2, 16, 17, 18].flatMap((x) => [...pixels.subarray(3 * x, 3 * x + 3)]).join(' '));
} else {
  const image = decode(readFileSync(file));
  console.log(image.colorModel, [0, 1, 2, 16, 17, 18].flatMap((x) => image.getPixel(x, 0)).join(' '));
}
JS
right='RGB 200 30 90 200 30 90 200 30 90 20 180 60 20 180 60 20 180 60'
sees 'Pillow' 'palette.bmp 200 30 90 20 180 60; tiles.tif 200 30 90 20 180 60; ' "$(venv/bin/python make.py)"
sees 'sharp, tiles' "$right" "$(node read.mjs tiles.tif sharp)"
sees 'image-js, strips' "$right" "$(node read.mjs strips.tif)"
sees 'image-js, tiles' 'RGB 200 0 0 30 0 0 90 0 0 20 0 0 180 0 0 60 0 0' "$(node read.mjs tiles.tif)"
sees 'image-js, palette' 'GREY 1 1 1 0 0 0' "$(node read.mjs palette.bmp)"
