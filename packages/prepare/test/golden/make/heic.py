"""HEIC: depths, brands, colours, alpha, properties, several images."""

import io

import numpy as np
import pillow_heif
from PIL import Image

from pattern import image, rgb, rgba
from pictures import add, run, saved
from profiles import DISPLAY_P3, XMP, exif

TO = ["CONVERTED"]
PNG = saved(image(), "PNG")
pillow_heif.options.SAVE_NCLX_PROFILE = True


def heic(picture=None, more=(), **options):
    heif = pillow_heif.from_pillow(picture or image())
    for other in more:
        heif.add_from_pillow(other)
    out = io.BytesIO()
    heif.save(out, quality=options.pop("quality", 95), chroma=options.pop("chroma", 444), **options)
    return out.getvalue()


def deep(bits, mode="RGB;16"):
    array = np.ascontiguousarray((rgb(np.uint16, 65535) if mode == "RGB;16" else rgba(np.uint16, 65535)))
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    heif = pillow_heif.from_bytes(mode=mode, size=(64, 48), data=array.tobytes())
    out = io.BytesIO()
    heif.save(out, quality=95, chroma=444)
    return out.getvalue()


def renamed(data, major, *compatible):
    """Other brands of the same length."""
    length = int.from_bytes(data[:4], "big")
    brands = (major + bytes(4) + b"".join(compatible)).ljust(length - 8, b"\0")
    return data[:8] + brands[: length - 8] + data[length:]


add("heic-444.heic", "8 bits, 444", heic(), "render", TO, tolerance=7)
add("heic-420.heic", "8 bits, 420", heic(chroma=420), "render", TO, tolerance=8)
add("heic-422.heic", "8 bits, 422", heic(chroma=422), "render", TO, tolerance=8)
add("heic-10.heic", "10 bits", deep(10), "render", ["DEPTH_REDUCED", *TO], tolerance=8)
add("heic-12.heic", "12 bits", deep(12), "render", ["DEPTH_REDUCED", *TO], tolerance=8)
add("heic-grey.heic", "grey", heic(image("L")), "render", TO, tolerance=5)
add("heic-alpha.heic", "alpha", heic(image("RGBA")), "render", TO, tolerance=10)
add("heic-icc-p3.heic", "ICC profile Display P3", heic(Image.open(io.BytesIO(saved(image(), "PNG", icc_profile=DISPLAY_P3)))), "render", ["COLOURS_CONVERTED", *TO], tolerance=9)
add("heic-nclx-p3.heic", "Display P3 by nclx", heic(color_primaries=12, transfer_characteristics=13, matrix_coefficients=6, full_range_flag=1), "render", ["COLOURS_CONVERTED", *TO], tolerance=9, like="png-cicp-p3.png")
add("heic-limited.heic", "limited range", heic(color_primaries=1, transfer_characteristics=13, matrix_coefficients=6, full_range_flag=0), "render", TO, tolerance=8)
add("heic-pq.heic", "BT.2100 PQ", heic(color_primaries=9, transfer_characteristics=16, matrix_coefficients=9, full_range_flag=1), "render", ["COLOURS_CONVERTED", *TO], tolerance=24, like="png-cicp-pq.png")
add("heic-several.heic", "two images; the main one is shown", heic(more=[Image.fromarray(255 - rgb())]), "render", ["FRAMES_DROPPED", *TO], tolerance=7)
add("heic-thumbnail.heic", "a thumbnail", run(["heif-enc", "-q", "95", "-p", "chroma=444", "-t", "32", "in.png", "-o", "out.heic"], {"in.png": PNG}, "out.heic"), "render", TO, tolerance=8)
turned = Image.open(io.BytesIO(PNG))
for orientation in (3, 6, 8, 2, 5):
    add(f"heic-turned-{orientation}.heic", f"turned as EXIF orientation {orientation} would", heic(image(), exif=b"Exif\0\0" + exif(orientation)), "render", ["METADATA_REMOVED", *TO], tolerance=7)
add("heic-xmp.heic", "XMP", heic(xmp=XMP), "render", ["METADATA_REMOVED", *TO], tolerance=7)
add("heic-mif1.heic", "only the brand mif1", renamed(heic(), b"mif1", b"mif1"), "render", TO, tolerance=7)
add("heic-mif1-heic.heic", "the brand mif1 before heic", renamed(heic(), b"mif1", b"heic"), "render", TO, tolerance=7)
add("heic-cut.heic", "cut", heic()[:-300], "DAMAGED")
