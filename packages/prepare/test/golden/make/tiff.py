"""TIFF: photometric interpretations, depths, compressions, layouts."""

import io
import struct

import numpy as np
import tifffile
from PIL import Image

from pattern import grey, image, palette, rgb, rgba
from pictures import add, run, saved
from profiles import DISPLAY_P3

TO = ["CONVERTED"]
REFUSED = "FORMAT_UNSUPPORTED"


def tiff(array, **options):
    out = io.BytesIO()
    more = options.pop("metadata", None)
    with tifffile.TiffWriter(out, bigtiff=options.pop("bigtiff", False), byteorder=options.pop("byteorder", "<")) as writer:
        writer.write(array, metadata=more, software=False, **options)
    return out.getvalue()


def patched(data, tag, value):
    """The first value of a SHORT in the first directory of a little-endian file."""
    data = bytearray(data)
    at = struct.unpack_from("<I", data, 4)[0]
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            struct.pack_into("<H", data, entry + 8, value)
            return bytes(data)
    raise ValueError(f"no tag {tag}")


def bytewise(array, bits):
    """A TIFF of grey samples of less than a byte, or of 12 bits."""
    return tiff(array, photometric="minisblack", bitspersample=bits) if bits != 12 else packed12(array)


def packed12(array):
    """Two samples in three bytes."""
    height, width = array.shape[:2]
    flat = array.reshape(height, -1).astype(np.uint16)
    a, b = flat[:, 0::2], flat[:, 1::2]
    data = np.stack([a >> 4, (a & 15) << 4 | b >> 8, b & 255], -1).astype(np.uint8).tobytes()
    samples = 1 if array.ndim == 2 else 3
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 12), (259, 3, 1, 1), (262, 3, 1, 2 if samples == 3 else 1),
               (273, 4, 1, 512), (277, 3, 1, samples), (278, 4, 1, height), (279, 4, 1, len(data))]
    if samples == 3:
        entries[2] = (258, 3, 3, 400)
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries) + bytes(4)
    head = head.ljust(400, b"\0") + struct.pack("<HHH", 12, 12, 12)
    return head.ljust(512, b"\0") + data


RGB16 = rgb(np.uint16, 65535)
INDICES, FLAT = palette()
MAP = np.zeros((3, 256), np.uint16)
MAP[:, :12] = np.array(FLAT).reshape(12, 3).T * 257
FLOATS = rgb().astype(np.float32) / 255
GREYS = grey().astype(np.float32) / 255

# Layouts.
add("tiff-rgb.tif", "RGB in one strip", tiff(rgb(), photometric="rgb"), "render", TO, tolerance=1)
add("tiff-strips.tif", "RGB in strips of five rows", tiff(rgb(), photometric="rgb", rowsperstrip=5), "render", TO, tolerance=1)
add("tiff-tiles.tif", "RGB in tiles", tiff(rgb(), photometric="rgb", tile=(32, 32)), "render", TO, tolerance=1)
add("tiff-planar.tif", "RGB in planes", tiff(np.moveaxis(rgb(), 2, 0).copy(), photometric="rgb", planarconfig="separate"), "render", TO, tolerance=1)
add("tiff-planar-tiles.tif", "RGB in planes of tiles", tiff(np.moveaxis(rgb(), 2, 0).copy(), photometric="rgb", planarconfig="separate", tile=(16, 16)), REFUSED, says="planes")
add("tiff-big-endian.tif", "big-endian, 16 bits", tiff(RGB16, photometric="rgb", byteorder=">"), "render", ["DEPTH_REDUCED", *TO], tolerance=1)
add("tiff-bigtiff.tif", "BigTIFF", tiff(rgb(), photometric="rgb", bigtiff=True), "render", TO, tolerance=1)
add("tiff-pages.tif", "two pages", saved(image(), "TIFF", save_all=True, append_images=[Image.fromarray(255 - rgb())]), "render", ["FRAMES_DROPPED", *TO], tolerance=1)
for orientation in range(2, 9):
    add(f"tiff-orientation-{orientation}.tif", f"orientation {orientation}", tiff(rgb(), photometric="rgb", extratags=[(274, 3, 1, orientation, True)]), "render", ["TURNED", *TO], tolerance=1)

# Compressions.
for name in ("lzw", "deflate", "packbits", "zstd", "lzma", "webp", "lerc"):
    refused = name in ("lzma", "lerc", "zstd")
    add(f"tiff-{name}.tif", f"compressed by {name}", tiff(rgb(), photometric="rgb", compression=name, **({"compressionargs": {"lossless": True}} if name == "webp" else {})),
        REFUSED if refused else "render", [] if refused else TO, tolerance=1)
add("tiff-lzw-predictor.tif", "LZW with a predictor", tiff(rgb(), photometric="rgb", compression="lzw", predictor=2), "render", TO, tolerance=1)
add("tiff-jpeg.tif", "JPEG inside, YCbCr", saved(image(), "TIFF", compression="jpeg", quality=95), "render", TO, tolerance=6)
add("tiff-jpeg-rgb.tif", "JPEG inside, RGB", tiff(rgb(), photometric="rgb", compression="jpeg", compressionargs={"level": 95}), "render", TO, tolerance=6)
BILEVEL = Image.fromarray((palette(2)[0] * 255).astype(np.uint8)).convert("1")
for name in ("group3", "group4", "tiff_ccitt"):
    add(f"tiff-{name.replace('_', '-')}.tif", f"black and white by {name}", saved(BILEVEL, "TIFF", compression=name), "render", TO, tolerance=1)

# Grey.
for bits in (1, 2, 4, 8):
    add(f"tiff-grey-{bits}.tif", f"grey of {bits} bits", run(["convert", "in.png", "-depth", str(bits), "-define", f"quantum:format=unsigned", "-type", "Grayscale" if bits > 1 else "Bilevel", "-compress", "none", "out.tif"],
        {"in.png": saved(Image.fromarray((grey(2**bits).astype(np.uint16) * 255 // (2**bits - 1)).astype(np.uint8)), "PNG")}, "out.tif"), "render", TO, tolerance=1)
add("tiff-grey-16.tif", "grey of 16 bits", tiff(grey(65536, np.uint16), photometric="minisblack"), "render", ["DEPTH_REDUCED", *TO], tolerance=1)
add("tiff-white-is-zero.tif", "grey whose 0 is white", tiff(255 - grey(), photometric="miniswhite"), "render", TO, tolerance=1)
add("tiff-white-is-zero-1.tif", "black and white whose 0 is white", patched(saved(BILEVEL, "TIFF"), 262, 0), "render", TO, tolerance=1)
add("tiff-white-is-zero-16.tif", "grey of 16 bits whose 0 is white", tiff(65535 - grey(65536, np.uint16), photometric="miniswhite"), "render", ["DEPTH_REDUCED", *TO], tolerance=1)
add("tiff-grey-alpha.tif", "grey with alpha", tiff(np.dstack([grey(), rgba()[:, :, 3]]), photometric="minisblack", extrasamples=["unassalpha"]), "render", TO, tolerance=1)
add("tiff-palette.tif", "a palette", tiff(INDICES, photometric="palette", colormap=MAP), "render", TO, tolerance=1)
add("tiff-palette-4.tif", "a palette of 4 bits", run(["convert", "in.png", "-type", "Palette", "-depth", "4", "-compress", "none", "out.tif"], {"in.png": saved(image(), "PNG")}, "out.tif"), "render", TO, tolerance=1)

# Alpha.
add("tiff-alpha.tif", "RGB with alpha", tiff(rgba(), photometric="rgb", extrasamples=["unassalpha"]), "render", TO, tolerance=1)
multiplied = rgba().astype(np.uint16)
multiplied[:, :, :3] = multiplied[:, :, :3] * multiplied[:, :, 3:] // 255
add("tiff-alpha-premultiplied.tif", "RGB with premultiplied alpha", tiff(multiplied.astype(np.uint8), photometric="rgb", extrasamples=["assocalpha"]), "render", TO, tolerance=4)
add("tiff-extra.tif", "RGB with a fourth channel that means nothing", tiff(rgba(), photometric="rgb", extrasamples=["unspecified"]), "render", TO, tolerance=1)
add("tiff-alpha-16.tif", "RGB with alpha, 16 bits", tiff(rgba(np.uint16, 65535), photometric="rgb", extrasamples=["unassalpha"]), "render", ["DEPTH_REDUCED", *TO], tolerance=1)

# Colours.
add("tiff-rgb-16.tif", "RGB of 16 bits", tiff(RGB16, photometric="rgb"), "render", ["DEPTH_REDUCED", *TO], tolerance=1)
add("tiff-cmyk.tif", "CMYK", tiff(np.dstack([255 - rgb(), np.zeros((48, 64), np.uint8)]), photometric="separated"), "render", ["COLOURS_CONVERTED", *TO], tolerance=96)  # see PRESS in jpeg.py
add("tiff-icc-p3.tif", "ICC profile Display P3", tiff(rgb(), photometric="rgb", iccprofile=DISPLAY_P3), "render", ["COLOURS_CONVERTED", *TO], tolerance=6)

# Refused by name, or read rightly.
add("tiff-rgb-12.tif", "RGB of 12 bits", packed12(rgb(np.uint16, 4095)), REFUSED, says="12 bits")
add("tiff-grey-12.tif", "grey of 12 bits", packed12(grey(4096, np.uint16)), REFUSED, says="12 bits")
add("tiff-grey-float.tif", "grey of 32-bit floats", tiff(GREYS, photometric="minisblack"), REFUSED, says="float")
# Floats of colours are light, as 32-bit files of image programs have it.
add("tiff-rgb-float.tif", "RGB of 32-bit floats", tiff(FLOATS, photometric="rgb"), "render", ["COLOURS_CONVERTED", "DEPTH_REDUCED", *TO], tolerance=4, like="png-gama-linear.png")
add("tiff-rgb-half.tif", "RGB of 16-bit floats", tiff(FLOATS.astype(np.float16), photometric="rgb"), REFUSED, says="float")
add("tiff-grey-32.tif", "grey of 32 bits", tiff((GREYS.astype(np.float64) * 0xFFFFFFFF).astype(np.uint32), photometric="minisblack"), REFUSED, says="32")
add("tiff-rgb-32.tif", "RGB of 32 bits", tiff((FLOATS.astype(np.float64) * 0xFFFFFFFF).astype(np.uint32), photometric="rgb"), REFUSED, says="32")
add("tiff-grey-signed.tif", "signed grey", tiff((grey().astype(np.int16) - 128).astype(np.int8), photometric="minisblack"), REFUSED, says="signed")
LAB = np.asarray(Image.fromarray(rgb()).convert("RGB"))
add("tiff-lab.tif", "CIE Lab", patched(tiff(rgb(), photometric="rgb"), 262, 8), REFUSED, says="Lab")
add("tiff-icclab.tif", "ICC Lab", patched(tiff(rgb(), photometric="rgb"), 262, 9), REFUSED, says="Lab")
add("tiff-ycbcr.tif", "YCbCr without JPEG", patched(tiff(np.asarray(image().convert("YCbCr")), photometric="rgb"), 262, 6), REFUSED, says="YCbCr")
add("tiff-logluv.tif", "LogLuv", patched(tiff(rgb(), photometric="rgb"), 262, 32845), REFUSED)
add("tiff-cut.tif", "cut in half", tiff(rgb(), photometric="rgb")[:5000], "DAMAGED")
