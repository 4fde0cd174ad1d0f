#!/usr/bin/env bash
# Pillow shows the transparent grey of a PNG opaque when the PNG has 2 or 4 bits a pixel, as pnmtopng writes it; not with 1 or 8.
#
# Versions: Pillow 13.0.0, pyvips-binary 8.18.7 (PyPI); netpbm 2:11.01.00-2 (Debian 12).
# Source:   PNG (third edition) 11.3.1.1: for grey, tRNS names one sample value, in the image's own bit depth; Pillow's handbook:
#           info["transparency"] of an L image is the colour of its fully transparent pixels.
# Expected: convert("RGBA") makes the pixels of that value transparent, whatever the depth, as libvips does.
# Seen:     Pillow spreads the samples over 0 to 255 and leaves tRNS as it was: 3 of 0 … 3 stays 3, which no pixel has.

. "$(dirname "$0")/frame/frame.bash"
need python3
debian netpbm=2:11.01.00-2 libnetpbm11=2:11.01.00-2 libpng16-16=1.6.39-2+deb12u6
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 pyvips==3.2.0 pyvips-binary==8.18.7
cat >count.py <<'PY'
import sys
import pyvips
from PIL import Image

name = sys.argv[1]
header = open(name, 'rb').read()
picture = Image.open(name)
pillow = picture.convert('RGBA').getchannel('A').histogram()[0]
alpha = pyvips.Image.new_from_file(name)[-1]
print(f'{header[24]} bits, Pillow {pillow}, libvips {int((alpha == 0).avg() * 64 / 255)} of 64')
PY
for levels in 2 4 16 256; do
  # 8 by 8 pixels: 32 white, and 32 of the other greys that this depth has.
  { printf 'P2 8 8 255\n'; for at in $(seq 0 63); do echo $((at < 32 ? 255 : at % (levels - 1) * 255 / (levels - 1))); done; } >grey.pgm
  (unpacked usr/bin/pnmtopng -transparent==white grey.pgm >"$levels.png" 2>pnmtopng.log) || cannot "pnmtopng: $(tail -n 1 pnmtopng.log)"
done
sees '2 greys' '1 bits, Pillow 32, libvips 32 of 64' "$(venv/bin/python count.py 2.png)"
sees '4 greys' '2 bits, Pillow 0, libvips 32 of 64' "$(venv/bin/python count.py 4.png)"
sees '16 greys' '4 bits, Pillow 0, libvips 32 of 64' "$(venv/bin/python count.py 16.png)"
sees '256 greys' '8 bits, Pillow 32, libvips 32 of 64' "$(venv/bin/python count.py 256.png)"
