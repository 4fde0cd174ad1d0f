#!/usr/bin/env bash
# Pillow shows a grey TIFF of 16 bits whose 0 is white as its negative; one of 8 bits it turns round.
#
# Versions: Pillow 13.0.0, tifffile 2026.3.3, numpy 2.4.6, pyvips-binary 8.18.7 (PyPI).
# Source:   TIFF 6.0, PhotometricInterpretation: 0 is WhiteIsZero, "0 is imaged as white".
# Expected: the pixel stored as 0 is white, whatever the depth, as libvips has it.
# Seen:     with 8 bits Pillow gives 255 for it, with 16 bits 0 of 65,535.

. "$(dirname "$0")/frame/frame.bash"
need python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6 pyvips==3.2.0 pyvips-binary==8.18.7
cat >first.py <<'PY'
import sys
import numpy
import pyvips
import tifffile
from PIL import Image

bits = int(sys.argv[1])
stored = numpy.tile(numpy.array([0, 2**bits - 1], f'u{bits // 8}'), (8, 4))
tifffile.imwrite('grey.tif', stored, photometric='miniswhite')
pillow = Image.open('grey.tif')
libvips = pyvips.Image.new_from_file('grey.tif')
print(f'{bits} bits, stored 0: Pillow {pillow.getpixel((0, 0))}, libvips {int(libvips(0, 0)[0])}')
PY
sees '8 bits' '8 bits, stored 0: Pillow 255, libvips 255' "$(venv/bin/python first.py 8)"
sees '16 bits' '16 bits, stored 0: Pillow 0, libvips 65535' "$(venv/bin/python first.py 16)"
