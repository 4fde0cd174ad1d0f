#!/usr/bin/env bash
# Three size readers of three registries say 589837 by 524289 of the same bitmap of 13 by 9 pixels, and none doubts it.
#
# Versions: image-size 2.1.0 (npm), imagesize 2.0.1 (PyPI), imagesize 0.14.0 (crates.io); Pillow 13.0.0; netpbm 2:11.01.00-2 (Debian 12).
# Source:   BITMAPCOREHEADER: where the header's own length is 12, width and height are 16-bit fields; ppmtobmp's manual: -os2 writes it.
# Expected: 13 by 9, as Pillow says, or a refusal.
# Seen:     all three read the two fields, and the planes and bits behind them, as two fields of 32 bits.

. "$(dirname "$0")/frame/frame.bash"
need node npm python3 cargo
debian netpbm=2:11.01.00-2 libnetpbm11=2:11.01.00-2
{ printf 'P2 13 9 255\n'; seq 1 117; } >grey.pgm
(unpacked usr/bin/ppmtobmp -os2 grey.pgm >os2.bmp 2>ppmtobmp.log) || cannot "ppmtobmp: $(tail -n 1 ppmtobmp.log)"
(unpacked usr/bin/ppmtobmp -windows grey.pgm >windows.bmp 2>ppmtobmp.log) || cannot "ppmtobmp: $(tail -n 1 ppmtobmp.log)"
get npm install --no-audit --no-fund image-size@2.1.0
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 imagesize==2.0.1
get cargo init --name finding --vcs none crate
get cargo add --manifest-path crate/Cargo.toml imagesize@=0.14.0
cat >crate/src/main.rs <<'RS'
fn main() {
    let size = imagesize::size(std::env::args().nth(1).unwrap()).unwrap();
    println!("{} by {}", size.width, size.height);
}
RS
get cargo build --manifest-path crate/Cargo.toml
cat >size.cjs <<'JS'
const { width, height } = require('image-size').imageSize(require('node:fs').readFileSync(process.argv[2]));
console.log(`${width} by ${height}`);
JS
cat >size.py <<'PY'
import sys
import imagesize
from PIL import Image

print('%d by %d' % (Image.open(sys.argv[2]).size if sys.argv[1] == 'Pillow' else imagesize.get(sys.argv[2])))
PY
for name in windows os2; do
  if [ "$name" = os2 ]; then size='589837 by 524289'; else size='13 by 9'; fi
  sees "$name, Pillow" '13 by 9' "$(venv/bin/python size.py Pillow "$name.bmp")"
  sees "$name, image-size (npm)" "$size" "$(node size.cjs "$name.bmp")"
  sees "$name, imagesize (PyPI)" "$size" "$(venv/bin/python size.py imagesize "$name.bmp")"
  sees "$name, imagesize (crate)" "$size" "$(crate/target/debug/finding "$name.bmp")"
done
