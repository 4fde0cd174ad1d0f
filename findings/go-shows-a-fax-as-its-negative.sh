#!/usr/bin/env bash
# Go's TIFF reader shows a black and white picture that Pillow saves in fax coding as its negative, and every other compression of it rightly.
#
# Versions: golang.org/x/image 0.48.0 (Go module proxy), Pillow 13.0.0, opencv-python-headless 5.0.0.93 (PyPI), utif2 4.1.0 (npm).
# Source:   TIFF 6.0, PhotometricInterpretation: with 1 (BlackIsZero) 0 is black; sections 10 and 11: for a file in fax coding with BlackIsZero,
#           a reader reverses the meaning of white and black.
# Expected: black at the left and white at the right, whatever the compression.
# Seen:     white at the left and black at the right for Group 3 and Group 4, as saved for LZW, without an error.

. "$(dirname "$0")/frame/frame.bash"
need go node npm python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 opencv-python-headless==5.0.0.93
get npm install --no-audit --no-fund utif2@4.1.0
cat >make.py <<'PY'
import cv2
from PIL import Image

image = Image.new('1', (32, 32), 1)
image.paste(0, (0, 0, 16, 32))
for name in 'group3', 'group4', 'tiff_lzw':
    image.save(f'{name}.tif', compression=name)
    saved = Image.open(f'{name}.tif')
    pixels = cv2.imread(f'{name}.tif', cv2.IMREAD_GRAYSCALE)
    print(name, saved.tag_v2[262], saved.getpixel((8, 8)), saved.getpixel((24, 8)), pixels[8, 8], pixels[8, 24], end='; ')
PY
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs');
const utif = require('utif2');

const bytes = readFileSync(process.argv[2]);
const [page] = utif.decode(bytes);
utif.decodeImage(bytes, page);
const pixels = utif.toRGBA8(page);
console.log(pixels[4 * (8 * 32 + 8)], pixels[4 * (8 * 32 + 24)]);
JS
cat >main.go <<'GO'
package main

import (
	"fmt"
	"image/color"
	"os"

	"golang.org/x/image/tiff"
)

func main() {
	file, _ := os.Open(os.Args[1])
	picture, err := tiff.Decode(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := func(x int) uint8 { return color.GrayModel.Convert(picture.At(x, 8)).(color.Gray).Y }
	fmt.Println(at(8), at(24))
}
GO
get go mod init finding
get go get golang.org/x/image@v0.48.0
get go build -o read .
sees 'PhotometricInterpretation, Pillow, OpenCV' 'group3 1 0 255 0 255; group4 1 0 255 0 255; tiff_lzw 1 0 255 0 255; ' "$(venv/bin/python make.py)"
for name in group3 group4 tiff_lzw; do sees "utif2, $name" '0 255' "$(node read.cjs $name.tif)"; done
sees 'Go, tiff_lzw' '0 255' "$(./read tiff_lzw.tif)"
for name in group3 group4; do sees "Go, $name" '255 0' "$(./read $name.tif)"; done
