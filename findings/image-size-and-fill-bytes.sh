#!/usr/bin/env bash
# image-size (npm) and imagesize (crate) call a JPEG corrupt that has fill bytes before a marker; decoders read it.
#
# Versions: image-size 2.1.0 (npm), imagesize 0.14.0 (crates.io), probe-image-size 7.5.0 (npm), Pillow 13.0.0 (PyPI).
# Source:   ITU-T T.81 B.1.1.2: any marker may be preceded by any number of fill bytes of value FF.
# Expected: 61 by 43 pixels, as probe-image-size and the decoders say.
# Seen:     image-size: "Corrupt JPG, exceeded buffer limits", though nothing is out of bounds; imagesize: an end of file.

. "$(dirname "$0")/frame/frame.bash"
need node npm python3 cargo
get npm install --no-audit --no-fund image-size@2.1.0 probe-image-size@7.5.0
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0
cat >make.py <<'PY'
from PIL import Image

Image.linear_gradient('L').resize((61, 43)).convert('RGB').save('plain.jpg')
plain = open('plain.jpg', 'rb').read()
filled, at = plain[:2], 2
while True:
    end = at + 2 + int.from_bytes(plain[at + 2:at + 4], 'big')
    filled += b'\xff\xff' + plain[at:end]
    if plain[at + 1] == 0xda:
        break
    at = end
open('filled.jpg', 'wb').write(filled + plain[end:])
same = list(Image.open('plain.jpg').getdata()) == list(Image.open('filled.jpg').getdata())
print('the same pixels' if same else 'other pixels')
PY
cat >size.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { imageSize } from 'image-size';
import probe from 'probe-image-size';

const bytes = readFileSync(process.argv[3]);
try {
  const size = process.argv[2] === 'image-size' ? imageSize(bytes) : probe.sync(bytes);
  console.log(`${size.width} by ${size.height}`);
} catch (error) {
  console.log(error.message);
}
JS
get cargo init --name finding --vcs none crate
get cargo add --manifest-path crate/Cargo.toml imagesize@=0.14.0
cat >crate/src/main.rs <<'RS'
fn main() {
    match imagesize::size(std::env::args().nth(1).unwrap()) {
        Ok(size) => println!("{} by {}", size.width, size.height),
        Err(error) => println!("{error}"),
    }
}
RS
get cargo build --manifest-path crate/Cargo.toml
sees 'Pillow, filled and plain' 'the same pixels' "$(venv/bin/python -W ignore make.py)"
sees 'image-size, plain' '61 by 43' "$(node size.mjs image-size plain.jpg)"
sees 'image-size, filled' 'Corrupt JPG, exceeded buffer limits' "$(node size.mjs image-size filled.jpg)"
sees 'probe-image-size, filled' '61 by 43' "$(node size.mjs probe-image-size filled.jpg)"
sees 'imagesize, plain' '61 by 43' "$(crate/target/debug/finding plain.jpg)"
sees 'imagesize, filled' 'failed to fill whole buffer' "$(crate/target/debug/finding filled.jpg)"
