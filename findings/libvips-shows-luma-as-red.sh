#!/usr/bin/env bash
# A TIFF of Pillow's mode YCbCr is shown with its brightness as red and its colours as green and blue, and one compressed with Zstandard as black.
#
# Versions: Pillow 13.0.0, pyvips 3.2.0 with pyvips-binary 8.18.7, opencv-python-headless 5.0.0.93 (PyPI); sharp 0.35.5, utif2 4.1.0 (npm).
# Source:   TIFF 6.0 section 21: PhotometricInterpretation 6 is YCbCr, whatever the compression, and Pillow writes the tags that belong to it.
#           libvips's documentation of tiffload: extensions for CMYK and YCbCr among others. libtiff refuses what it cannot decompress.
# Expected: (200, 30, 90) give or take two, or an error, from each reader of either file.
# Seen:     pyvips and sharp give (87, 129, 208) for the first, which are Y, Cb and Cr, and call them sRGB; utif2 gives a third colour.
#           pyvips and utif2 give black for the second, where sharp and OpenCV refuse it.

. "$(dirname "$0")/frame/frame.bash"
need node npm python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 pyvips==3.2.0 pyvips-binary==8.18.7 opencv-python-headless==5.0.0.93
get npm install --no-audit --no-fund sharp@0.35.5 utif2@4.1.0
cat >read.py <<'PY'
import sys
from PIL import Image

image = Image.new('RGB', (32, 32), (200, 30, 90))
image.convert('YCbCr').save('ycbcr.tif')
image.save('zstd.tif', compression='zstd')
reader, file = sys.argv[1:]
if reader == 'pillow':
    print(*Image.open(file).convert('RGB').getpixel((8, 8)))
elif reader == 'opencv':
    import cv2
    pixels = cv2.imread(file)
    print('refused' if pixels is None else ' '.join(str(value) for value in pixels[8, 8][::-1]))
else:
    import pyvips
    read = pyvips.Image.new_from_file(file)
    print(*(int(value) for value in read.getpoint(8, 8)), read.interpretation)
PY
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import utif from 'utif2';

const [reader, file] = process.argv.slice(2);
const readers = {
  async sharp() {
    const { space } = await sharp(file).metadata();
    return [...(await sharp(file).raw().toBuffer()).subarray(0, 3), space];
  },
  utif2() {
    const bytes = readFileSync(file);
    const [page] = utif.decode(bytes);
    utif.decodeImage(bytes, page);
    return utif.toRGBA8(page).subarray(0, 3);
  },
};
console.log(await Promise.resolve().then(readers[reader]).then((values) => [...values].join(' '), () => 'refused'));
JS
python() { venv/bin/python read.py "$@" 2>/dev/null; }
javascript() { node read.mjs "$@" 2>/dev/null; }
sees 'Pillow, YCbCr' '199 29 88' "$(python pillow ycbcr.tif)"
sees 'OpenCV, YCbCr' '199 30 89' "$(python opencv ycbcr.tif)"
sees 'pyvips, YCbCr' '87 129 208 srgb' "$(python pyvips ycbcr.tif)"
sees 'sharp, YCbCr' '87 129 208 srgb' "$(javascript sharp ycbcr.tif)"
sees 'utif2, YCbCr' '68 92 228' "$(javascript utif2 ycbcr.tif)"
sees 'Pillow, Zstandard' '200 30 90' "$(python pillow zstd.tif)"
sees 'OpenCV, Zstandard' 'refused' "$(python opencv zstd.tif)"
sees 'sharp, Zstandard' 'refused' "$(javascript sharp zstd.tif)"
sees 'pyvips, Zstandard' '0 0 0 srgb' "$(python pyvips zstd.tif)"
sees 'utif2, Zstandard' '0 0 0' "$(javascript utif2 zstd.tif)"
