"""JPEG: processes, colour transforms, subsampling, markers."""

import struct

import imagecodecs
import numpy as np
from PIL import Image

from pattern import grey, image, noise, rgb
from pictures import add, run, saved
from profiles import ADOBE_RGB, DISPLAY_P3, PLAIN_SRGB, XMP, exif
from profiles import grey as grey_profile

PPM = saved(image(), "PPM")
PGM = saved(image("L"), "PPM")
BASE = saved(image(), "JPEG", quality=92, subsampling=0)


def cjpeg(*options, source=PPM):
    return run(["cjpeg", "-quality", "92", *options, "in.ppm"], {"in.ppm": source}, "-")


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def after_soi(*segments, jpg=BASE):
    return jpg[:2] + b"".join(segments) + jpg[2:]


def without_jfif(jpg=BASE):
    return jpg[:2] + jpg[2 + 2 + struct.unpack(">H", jpg[4:6])[0] :]


# Processes.
add("jpg-baseline.jpg", "baseline, 4:4:4", BASE, "keep")
add("jpg-progressive.jpg", "progressive", cjpeg("-progressive"), "keep")
add("jpg-optimized.jpg", "optimized Huffman tables", cjpeg("-optimize"), "keep")
add("jpg-extended.jpg", "extended sequential (SOF1) by 16-bit quantization tables",
    run(["cjpeg", "-quality", "1", "in.ppm"], {"in.ppm": PPM}, "-"), "keep", tolerance=4)
add("jpg-restart.jpg", "a restart marker after each row of blocks", cjpeg("-restart", "1"), "keep")
add("jpg-restart-every.jpg", "a restart marker after each block, progressive", cjpeg("-restart", "1B", "-progressive"), "keep")
add("jpg-arithmetic.jpg", "arithmetic coding (SOF9)", cjpeg("-arithmetic"), "render", ["CODING_CHANGED", "RECOMPRESSED"], tolerance=7)
add("jpg-arithmetic-progressive.jpg", "arithmetic coding, progressive (SOF10)",
    cjpeg("-arithmetic", "-progressive"), "render", ["CODING_CHANGED", "RECOMPRESSED"], tolerance=7)
add("jpg-lossless.jpg", "lossless (SOF3), 8 bits", imagecodecs.jpeg8_encode(rgb(), lossless=True, colorspace="RGB", outcolorspace="RGB"),
    "render", ["CODING_CHANGED", "RECOMPRESSED"], by=["imagecodecs"])
add("jpg-lossless-grey.jpg", "lossless (SOF3), grey", imagecodecs.jpeg8_encode(grey(), lossless=True),
    "render", ["CODING_CHANGED", "RECOMPRESSED"], by=["imagecodecs"])
add("jpg-12bit.jpg", "12 bits, extended sequential", imagecodecs.jpeg8_encode(rgb(np.uint16, 4095), level=92, bitspersample=12),
    "FORMAT_UNSUPPORTED", says="12 bits")
add("jpg-12bit-grey.jpg", "12 bits, grey", imagecodecs.jpeg8_encode(grey(4096, np.uint16), level=92, bitspersample=12),
    "FORMAT_UNSUPPORTED", says="12 bits")

# Subsampling.
for name, sample in [("422", "2x1"), ("420", "2x2"), ("440", "1x2"), ("411", "4x1"), ("410", "4x2")]:
    add(f"jpg-{name}.jpg", f"chroma {sample}", cjpeg("-sample", sample), "keep", tolerance=4)
add("jpg-420-progressive.jpg", "chroma 2x2, progressive", cjpeg("-sample", "2x2", "-progressive"), "keep", tolerance=4)
add("jpg-420-odd.jpg", "chroma 2x2, 63 × 47 pixels",
    saved(Image.fromarray(noise(63, 47)), "JPEG", quality=90, subsampling=2), "keep", tolerance=4)
add("jpg-one-pixel.jpg", "one pixel", saved(Image.new("RGB", (1, 1), (230, 20, 20)), "JPEG", quality=95), "keep")
add("jpg-chroma-finer.jpg", "brightness coarser than colour", cjpeg("-sample", "1x1,2x2,2x2"), "keep", tolerance=6)

# Colours.
add("jpg-grey.jpg", "grey", saved(image("L"), "JPEG", quality=92), "keep")
add("jpg-grey-progressive.jpg", "grey, progressive", saved(image("L"), "JPEG", quality=92, progressive=True), "keep")
add("jpg-grey-2x2.jpg", "grey whose one component says 2x2", cjpeg("-sample", "2x2", "-grayscale", source=PGM), "keep")
add("jpg-rgb.jpg", "RGB with Adobe's marker", saved(image(), "JPEG", quality=92, keep_rgb=True), "keep")
add("jpg-rgb-ids.jpg", "RGB by the components' names, without Adobe's marker", cjpeg("-rgb"), "keep")
# Without a profile CMYK has no true colours: other decoders invert it, libvips takes it for that of a press.
PRESS = 96
CMYK = Image.merge("CMYK", [*(Image.fromarray(255 - rgb()[:, :, c]) for c in range(3)), Image.fromarray(np.zeros((48, 64), np.uint8))])
add("jpg-cmyk.jpg", "CMYK, inverted with Adobe's marker", saved(CMYK, "JPEG", quality=95), "render",
    ["COLOURS_CONVERTED", "RECOMPRESSED"], tolerance=PRESS)
YCCK = imagecodecs.jpeg8_encode(255 - np.asarray(CMYK), level=95, colorspace="CMYK", outcolorspace="YCCK")
add("jpg-ycck.jpg", "YCCK with Adobe's marker", YCCK, "render", ["COLOURS_CONVERTED", "RECOMPRESSED"], tolerance=PRESS)
for name, about, profile in [
    ("p3", "Display P3", DISPLAY_P3),
    ("adobe", "Adobe RGB", ADOBE_RGB),
]:
    add(f"jpg-icc-{name}.jpg", f"ICC profile {about}", saved(image(), "JPEG", quality=92, subsampling=0, icc_profile=profile),
        "render", ["COLOURS_CONVERTED", "RECOMPRESSED"], tolerance=6)
add("jpg-icc-srgb.jpg", "ICC profile sRGB", saved(image(), "JPEG", quality=92, subsampling=0, icc_profile=PLAIN_SRGB), "keep")
add("jpg-icc-grey.jpg", "ICC profile of grey, gamma 1.8", saved(image("L"), "JPEG", quality=92, icc_profile=grey_profile("Gray 1.8", 1.8)),
    "render", ["COLOURS_CONVERTED", "RECOMPRESSED"], tolerance=6)
add("jpg-icc-two-segments.jpg", "ICC profile in two segments", after_soi(
    segment(0xE2, b"ICC_PROFILE\0\1\2" + DISPLAY_P3[:900]), segment(0xE2, b"ICC_PROFILE\0\2\2" + DISPLAY_P3[900:])),
    "render", ["COLOURS_CONVERTED", "RECOMPRESSED"], tolerance=6)

# Turned by EXIF.
for orientation in range(1, 9):
    changes = ["METADATA_REMOVED"] if orientation == 1 else ["TURNED", "METADATA_REMOVED", "RECOMPRESSED"]
    order = "<" if orientation % 2 else ">"
    add(f"jpg-orientation-{orientation}.jpg", f"EXIF orientation {orientation}",
        saved(image(), "JPEG", quality=92, subsampling=0, exif=b"Exif\0\0" + exif(orientation, order)),
        "strip" if orientation == 1 else "render", changes)
add("jpg-orientation-9.jpg", "EXIF orientation 9, which does not exist",
    after_soi(segment(0xE1, b"Exif\0\0" + exif(9))), "strip", ["METADATA_REMOVED"])

# Markers and segments.
jfif = lambda version: BASE.replace(b"JFIF\0\1\1", b"JFIF\0" + version, 1)
add("jpg-jfif-102.jpg", "JFIF 1.02", jfif(b"\1\2"), "keep")
add("jpg-jfif-2.jpg", "JFIF 2.1, which does not exist", jfif(b"\2\1"), "keep")
add("jpg-no-jfif.jpg", "no JFIF segment", without_jfif(), "keep")
add("jpg-density.jpg", "density of 300 dots an inch", saved(image(), "JPEG", quality=92, subsampling=0, dpi=(300, 300)), "keep")
THUMBNAIL = saved(image().resize((16, 12)), "JPEG", quality=50)
add("jpg-jfxx.jpg", "a thumbnail in JFXX", BASE[:20] + segment(0xE0, b"JFXX\0\x10" + THUMBNAIL) + BASE[20:], "strip", ["METADATA_REMOVED"])
add("jpg-jfif-thumbnail.jpg", "a thumbnail of pixels in JFIF",
    BASE[:2] + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\2\2" + bytes(12)) + BASE[20:], "keep")
add("jpg-exif-thumbnail.jpg", "a thumbnail in EXIF", after_soi(segment(0xE1, b"Exif\0\0" + exif(1, thumbnail=THUMBNAIL))), "strip", ["METADATA_REMOVED"])
add("jpg-xmp.jpg", "XMP", after_soi(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), "strip", ["METADATA_REMOVED"])
add("jpg-comment.jpg", "a comment", after_soi(segment(0xFE, "出品".encode())), "strip", ["METADATA_REMOVED"])
add("jpg-iptc.jpg", "IPTC in a Photoshop segment", after_soi(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\5\x1c\2\x50\0\0\0")), "strip", ["METADATA_REMOVED"])
add("jpg-app7.jpg", "an application's own segment", after_soi(segment(0xE7, b"anything")), "strip", ["METADATA_REMOVED"])
add("jpg-mpf.jpg", "a second image behind the first, named by MPF",
    after_soi(segment(0xE2, b"MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0")) + BASE, "strip", ["METADATA_REMOVED"])
add("jpg-motion.jpg", "a video behind the image", BASE + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64), "strip", ["METADATA_REMOVED"])
add("jpg-trailing-zeros.jpg", "zeros behind the end", BASE + bytes(32), "strip", ["METADATA_REMOVED"])
add("jpg-fill.jpg", "ten fill bytes before a marker", BASE[:20] + b"\xff" * 10 + BASE[20:], "keep")
add("jpg-fill-9000.jpg", "9,000 fill bytes before a marker", BASE[:20] + b"\xff" * 9000 + BASE[20:], "strip", ["METADATA_REMOVED"])
add("jpg-stray.jpg", "bytes between segments that belong to none", BASE[:20] + b"stray\0bytes" + BASE[20:], "strip", ["METADATA_REMOVED"])
add("jpg-stray-70000.jpg", "70,000 fill bytes, more than the service reads",
    BASE[:20] + b"\xff" * 70000 + BASE[20:], "strip", ["METADATA_REMOVED"])
add("jpg-stray-in-scan.jpg", "a few bytes behind the data of the scan", BASE[:-2] + b"\0\1\2\3" + BASE[-2:], "keep")
# Damage.
add("jpg-no-end.jpg", "no end marker, all else whole", BASE[:-2], "render", ["METADATA_REMOVED", "RECOMPRESSED"])
add("jpg-cut.jpg", "cut in half", BASE[: len(BASE) // 2 + 200], "DAMAGED")
add("jpg-head-only.jpg", "a header and nothing behind it", BASE[: BASE.index(b"\xff\xda")], "DAMAGED")
add("jpg-no-frame.jpg", "no frame before the data", BASE[:20] + BASE[BASE.index(b"\xff\xda") :], "DAMAGED")
add("jpg-height-0.jpg", "a height of 0 that only DNL would tell",
    BASE.replace(b"\xff\xc0\0\x11\x08\0\x30", b"\xff\xc0\0\x11\x08\0\0"), "FORMAT_UNSUPPORTED", says="height")
