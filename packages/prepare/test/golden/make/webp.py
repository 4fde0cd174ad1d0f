"""WebP: lossy, lossless, alpha, animation, chunks."""

import numpy as np
from PIL import Image

from pattern import image, noise, rgb
from pictures import add, saved
from profiles import DISPLAY_P3, PLAIN_SRGB, XMP, exif

TO = ["CONVERTED"]
INVERSE = Image.fromarray(255 - rgb())
GREY = image("L").convert("RGB")

add("webp-lossy.webp", "lossy", saved(image(), "WEBP", quality=90), "render", TO, tolerance=8)
add("webp-lossy-low.webp", "lossy, of low quality", saved(Image.fromarray(noise(64, 48)), "WEBP", quality=10), "render", TO, tolerance=12)
add("webp-lossy-odd.webp", "lossy, 63 × 47 pixels", saved(Image.fromarray(noise(63, 47)), "WEBP", quality=90), "render", TO, tolerance=8)
add("webp-lossless.webp", "lossless", saved(image(), "WEBP", lossless=True), "render", TO, tolerance=1)
add("webp-lossless-grey.webp", "lossless, only greys", saved(GREY, "WEBP", lossless=True), "render", TO, tolerance=1)
add("webp-alpha.webp", "lossy with alpha", saved(image("RGBA"), "WEBP", quality=90), "render", TO, tolerance=8)
add("webp-alpha-lossless.webp", "lossless with alpha", saved(image("RGBA"), "WEBP", lossless=True), "render", TO, tolerance=1)
add("webp-alpha-coarse.webp", "lossy with coarse alpha", saved(image("RGBA"), "WEBP", quality=90, alpha_quality=20), "render", TO, tolerance=16)
add("webp-animated.webp", "animated", saved(image(), "WEBP", save_all=True, append_images=[INVERSE], lossless=True, duration=100), "render", ["FRAMES_DROPPED", *TO], tolerance=1)
add("webp-animated-alpha.webp", "animated, with alpha", saved(image("RGBA"), "WEBP", save_all=True, append_images=[INVERSE.convert("RGBA")], lossless=True, duration=100), "render", ["FRAMES_DROPPED", *TO], tolerance=1)
add("webp-icc-p3.webp", "ICC profile Display P3", saved(image(), "WEBP", lossless=True, icc_profile=DISPLAY_P3), "render", ["COLOURS_CONVERTED", *TO], tolerance=6)
add("webp-icc-srgb.webp", "ICC profile sRGB", saved(image(), "WEBP", lossless=True, icc_profile=PLAIN_SRGB), "render", TO, tolerance=1)
add("webp-exif-6.webp", "EXIF orientation 6", saved(image(), "WEBP", lossless=True, exif=b"Exif\0\0" + exif(6)), "render", ["TURNED", "METADATA_REMOVED", *TO], tolerance=1, by=["Pillow"])
add("webp-xmp.webp", "XMP", saved(image(), "WEBP", lossless=True, xmp=XMP), "render", ["METADATA_REMOVED", *TO], tolerance=1)
WHOLE = saved(image(), "WEBP", quality=90)
add("webp-cut.webp", "cut in half", WHOLE[: len(WHOLE) // 2], "DAMAGED")
