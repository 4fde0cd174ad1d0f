#!/usr/bin/env bash
# Chromium takes AVIF samples of full range for such of limited range in two places: in the alpha plane, and in animations.
#
# Versions: Pillow 13.0.0 (PyPI, with libavif 1.4.2); Chromium 156 (the one on the PATH).
# Source:   AVIF 1.2, 4.1: the alpha auxiliary image has color_range 1; ISO/IEC 14496-12, 12.1.5: full_range_flag of colr nclx. Both are 1 in these files,
#           in their boxes and in the AV1 sequence headers.
# Expected: a grey, or an alpha, of 64 is drawn as 64, in a still and in an animation, as libavif and libheif decode it.
# Seen:     the still's grey is 64. Its alpha is 56, that is (64 - 16) × 255 / 219, and so is the grey of the same picture in an animation.

. "$(dirname "$0")/frame/frame.bash"
need python3 chromium
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0
cat >page.py <<'PY'
import base64
import io

from PIL import Image


def avif(picture, **options):
    out = io.BytesIO()
    picture.save(out, 'AVIF', quality=100, subsampling='4:4:4', **options)
    data = out.getvalue()
    pixel = Image.open(io.BytesIO(data)).convert('RGBA').getpixel((32, 32))
    return base64.b64encode(data).decode(), pixel


grey = Image.new('RGB', (64, 64), (64, 64, 64))
files = {
    'grey': (avif(grey), 0),
    'alpha': (avif(Image.new('RGBA', (64, 64), (0, 0, 0, 64))), 3),
    'animated': (avif(grey, save_all=True, append_images=[grey.rotate(90)], duration=100), 0),
}
for name, ((_, pixel), channel) in files.items():
    print(f'{name} {pixel[channel]}')
images = ','.join(f'["{name}",{channel},"{data}"]' for name, ((data, _), channel) in files.items())
open('page.html', 'w').write('''<canvas></canvas><p></p><script type=module>
const context = document.querySelector('canvas').getContext('2d');
let text = '';
for (const [name, channel, data] of [%s]) {
  const image = new Image();
  image.src = 'data:image/avif;base64,' + data;
  await new Promise((resolve) => { image.onload = resolve; });
  context.clearRect(0, 0, 64, 64);
  context.drawImage(image, 0, 0);
  text += name + ' ' + context.getImageData(32, 32, 1, 1).data[channel] + ';';
}
document.querySelector('p').textContent = text;
</script>''' % images)
PY
libavif=$(venv/bin/python page.py) || cannot 'Pillow writes no AVIF'
drawn=$(chromium --headless=new --no-sandbox --disable-gpu --disable-background-networking --user-data-dir="$PWD/profile" \
  --virtual-time-budget=10000 --dump-dom "file://$PWD/page.html" 2>chromium.log) || cannot "Chromium: $(tail -n 1 chromium.log)"
of() { printf '%s' "$drawn" | grep -o "$1 [0-9]*;" | tr -d ';'; }
sees 'as Pillow decodes them' 'grey 64 alpha 64 animated 64' "$(printf '%s' "$libavif" | tr '\n' ' ')"
sees 'a still' 'grey 64' "$(of grey)"
sees 'its alpha' 'alpha 56' "$(of alpha)"
sees 'an animation' 'animated 56' "$(of animated)"
