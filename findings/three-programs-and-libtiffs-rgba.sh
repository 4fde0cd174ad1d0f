#!/usr/bin/env bash
# pygame and ITK mirror a TIFF that is to be turned by a quarter, and pygame and OpenCV darken what is half transparent in a TIFF.
#
# Versions: Pillow 13.0.0, pygame-ce 2.5.8 with its own SDL2_image, SimpleITK 2.5.7, opencv-python-headless 5.0.0.93 (PyPI).
# Source:   TIFF 6.0: Orientation 6 means that row 0 is the right side and column 0 the top; ExtraSamples 2 means unassociated alpha, so the
#           colours are stored unmultiplied. OpenCV's documentation of IMREAD_UNCHANGED: the image as it is. pygame's of image.load and
#           SimpleITK's of ReadImage say nothing of either; libtiff's functions for RGBA, which the three use, flip and multiply.
# Expected: the picture turned, as Pillow turns it, or as it is stored; (20, 180, 60) with alpha 100 where that was saved.
# Seen:     neither: pygame and ITK give a picture of the old size with left and right exchanged. pygame and OpenCV with IMREAD_UNCHANGED
#           give (8, 71, 24) with alpha 100 for a TIFF, and the right colours for the same picture as PNG.

. "$(dirname "$0")/frame/frame.bash"
need python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 pygame-ce==2.5.8 simpleitk==2.5.7 opencv-python-headless==5.0.0.93
cat >turned.py <<'PY'
import sys
from PIL import Image

COLOURS = {'red': (250, 0, 0), 'green': (0, 250, 0), 'blue': (0, 0, 250), 'white': (250, 250, 250)}
image = Image.new('RGB', (32, 24))
for colour, corner in zip(COLOURS.values(), ((0, 0, 16, 12), (16, 0, 32, 12), (0, 12, 16, 24), (16, 12, 32, 24))):
    image.paste(colour, corner)
image.save('turned.tif', tiffinfo={274: 6})
if sys.argv[1] == 'pillow':
    read = Image.open('turned.tif')
    read.load()
    size, pixel = read.size, lambda x, y: read.convert('RGB').getpixel((x, y))
elif sys.argv[1] == 'pygame':
    import pygame
    read = pygame.image.load('turned.tif')
    size, pixel = read.get_size(), lambda x, y: tuple(read.get_at((x, y)))[:3]
else:
    import SimpleITK
    read = SimpleITK.ReadImage('turned.tif')
    size, pixel = read.GetSize()[:2], lambda x, y: read.GetPixel(x, y)[:3]
names = {colour: name for name, colour in COLOURS.items()}
print(f'{size[0]}x{size[1]}', *(names[pixel(x, y)] for y in (2, size[1] - 3) for x in (2, size[0] - 3)))
PY
cat >transparent.py <<'PY'
import sys
from PIL import Image

reader, file = sys.argv[1:]
Image.new('RGBA', (16, 16), (20, 180, 60, 100)).save(file)
if reader == 'pillow':
    print(*Image.open(file).getpixel((8, 8)))
elif reader == 'pygame':
    import pygame
    print(*pygame.image.load(file).get_at((8, 8)))
else:
    import cv2
    blue, green, red, alpha = cv2.imread(file, cv2.IMREAD_UNCHANGED)[8, 8]
    print(red, green, blue, alpha)
PY
python() { PYGAME_HIDE_SUPPORT_PROMPT=1 venv/bin/python "$@" 2>/dev/null; }
sees 'Pillow, to be turned' '24x32 blue red white green' "$(python turned.py pillow)"
for reader in pygame itk; do sees "$reader, to be turned" '32x24 green red white blue' "$(python turned.py $reader)"; done
for reader in pillow pygame opencv; do sees "$reader, half transparent, PNG" '20 180 60 100' "$(python transparent.py $reader half.png)"; done
sees 'Pillow, half transparent, TIFF' '20 180 60 100' "$(python transparent.py pillow half.tif)"
for reader in pygame opencv; do sees "$reader, half transparent, TIFF" '8 71 24 100' "$(python transparent.py $reader half.tif)"; done
