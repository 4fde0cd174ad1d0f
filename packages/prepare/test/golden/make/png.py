"""PNG: depths and colour types, transparency, colour chunks, animation, damage."""

import struct
import zlib

import numpy as np

from pattern import ALPHAS, COLOURS, blocks, grey, image, palette, rgb, rgba
from pictures import add, saved
from profiles import DISPLAY_P3, PLAIN_SRGB, RED_IS_GREEN, XMP, exif
from profiles import grey as grey_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, content=b"", checksum=None):
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body) if checksum is None else checksum)


def packed(array, depth):
    """Rows of an array, each with filter 0 before it; samples of less than a byte are packed from the left."""
    rows = array.reshape(array.shape[0], -1)
    if depth == 16:
        lines = [row.astype(">u2").tobytes() for row in rows]
    elif depth == 8:
        lines = [row.astype(np.uint8).tobytes() for row in rows]
    else:
        bits = ((rows[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(rows.shape[0], -1)
        lines = [np.packbits(row.astype(np.uint8)).tobytes() for row in bits]
    return b"".join(b"\0" + line for line in lines)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(array, depth, colour_type, *between, interlaced=False, pieces=1, header=None, end=True, behind=b""):
    height, width = array.shape[:2]
    ihdr = header or chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced)))
    passes = [array[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [array]
    data = zlib.compress(b"".join(packed(part, depth) for part in passes if part.size), 9)
    step = -(-len(data) // pieces)
    idats = b"".join(chunk(b"IDAT", data[at : at + step]) for at in range(0, len(data), step))
    return SIGNATURE + ihdr + b"".join(between) + idats + (chunk(b"IEND") if end else b"") + behind


def with_alpha(array, full):
    return np.dstack([array, np.round(blocks(ALPHAS) * full / 255).astype(array.dtype)])


INDICES, FLAT = palette()
PLTE = chunk(b"PLTE", bytes(FLAT))
PLAIN = png(rgb(), 8, 2)

KINDS = []
for depth in (1, 2, 4, 8, 16):
    KINDS.append((0, depth, grey(2**depth, np.uint16), ()))
for depth in (8, 16):
    KINDS.append((2, depth, rgb(np.uint16, 2**depth - 1), ()))
for depth in (1, 2, 4, 8):
    indices, flat = palette(min(12, 2**depth))
    KINDS.append((3, depth, indices, (chunk(b"PLTE", bytes(flat)),)))
for depth in (8, 16):
    KINDS.append((4, depth, with_alpha(grey(2**depth, np.uint16), 2**depth - 1), ()))
    KINDS.append((6, depth, rgba(np.uint16, 2**depth - 1), ()))
for colour_type, depth, array, between in KINDS:
    for interlaced in (False, True):
        add(f"png-{colour_type}-{depth}{'-interlaced' if interlaced else ''}.png",
            f"colour type {colour_type}, {depth} bits{', interlaced' if interlaced else ''}",
            png(array, depth, colour_type, *between, interlaced=interlaced), "keep", tolerance=1)

# Transparency by tRNS.
add("png-trns-grey.png", "one grey is clear", png(grey(), 8, 0, chunk(b"tRNS", struct.pack(">H", int(grey()[0, 16])))), "keep", tolerance=1)
add("png-trns-grey-2.png", "one grey of 2 bits is clear", png(grey(4), 2, 0, chunk(b"tRNS", struct.pack(">H", 1))), "keep", tolerance=1)
add("png-trns-rgb.png", "one colour is clear", png(rgb(), 8, 2, chunk(b"tRNS", struct.pack(">HHH", *COLOURS[0][0]))), "keep", tolerance=1)
add("png-trns-palette.png", "some entries of the palette are clear",
    png(INDICES, 8, 3, PLTE, chunk(b"tRNS", bytes([255, 0, 128]))), "keep", tolerance=1)
opaque = rgba()
opaque[:, :, 3] = 255
add("png-alpha-opaque.png", "alpha, all of it opaque", png(opaque, 8, 6), "keep", tolerance=1)

# Colours. Distances grow where gamma or primaries are converted to 8 bits.
CHRM_SRGB = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
CHRM_P3 = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
GAMA = lambda value: chunk(b"gAMA", struct.pack(">I", value))
CONVERTED = ["COLOURS_CONVERTED", "RECOMPRESSED"]
add("png-srgb.png", "the sRGB chunk", png(rgb(), 8, 2, chunk(b"sRGB", b"\0")), "keep", tolerance=1)
add("png-gama-srgb.png", "gAMA 0.45455 and sRGB's cHRM, as most programs write them", png(rgb(), 8, 2, GAMA(45455), CHRM_SRGB), "keep", tolerance=1)
add("png-gama-linear.png", "gAMA 1.0: linear light", png(rgb(), 8, 2, GAMA(100000), CHRM_SRGB), "render", CONVERTED, tolerance=4)
add("png-gama-18.png", "gAMA 0.55556, as old Macs wrote it", png(rgb(), 8, 2, GAMA(55556)), "render", CONVERTED, tolerance=4, by=["Chromium"])
add("png-chrm-p3.png", "cHRM of P3 and gAMA", png(rgb(), 8, 2, GAMA(45455), CHRM_P3), "render", CONVERTED, tolerance=6, by=["Chromium"])
add("png-gama-grey.png", "gAMA 1.0, grey", png(grey(), 8, 0, GAMA(100000)), "render", CONVERTED, tolerance=4)
add("png-srgb-over-gama.png", "the sRGB chunk beside another gAMA, which it overrules", png(rgb(), 8, 2, chunk(b"sRGB", b"\0"), GAMA(100000)), "keep", tolerance=1)
ICCP = lambda profile: chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile))
add("png-icc-p3.png", "ICC profile Display P3", png(rgb(), 8, 2, ICCP(DISPLAY_P3)), "render", CONVERTED, tolerance=6)
add("png-icc-srgb.png", "ICC profile sRGB", png(rgb(), 8, 2, ICCP(PLAIN_SRGB)), "keep", tolerance=1)
add("png-icc-swapped.png", "ICC profile with red and green swapped", png(rgb(), 8, 2, ICCP(RED_IS_GREEN)), "render", CONVERTED, tolerance=6)
add("png-icc-alpha.png", "ICC profile Display P3, with alpha", png(rgba(), 8, 6, ICCP(DISPLAY_P3)), "render", CONVERTED, tolerance=6)
add("png-icc-grey.png", "ICC profile of grey, gamma 1.8", png(grey(), 8, 0, ICCP(grey_profile("Gray 1.8", 1.8))), "render", CONVERTED, tolerance=6)
CICP = lambda *values: chunk(b"cICP", bytes(values))
add("png-cicp-srgb.png", "cICP of sRGB", png(rgb(), 8, 2, CICP(1, 13, 0, 1)), "keep", tolerance=1)
add("png-cicp-p3.png", "cICP of Display P3", png(rgb(), 8, 2, CICP(12, 13, 0, 1)), "render", CONVERTED, tolerance=6, by=["Chromium"])
add("png-cicp-over-icc.png", "cICP of P3 beside an ICC profile, which it overrules", png(rgb(), 8, 2, CICP(12, 13, 0, 1), ICCP(RED_IS_GREEN)), "render", CONVERTED, tolerance=6, by=["Chromium"])
add("png-cicp-pq.png", "cICP of BT.2100 PQ, 16 bits", png(rgb(np.uint16, 65535), 16, 2, CICP(9, 16, 0, 1)), "render", ["COLOURS_CONVERTED", "DEPTH_REDUCED", "RECOMPRESSED"], tolerance=24, by=["Chromium"])
add("png-cicp-hlg.png", "cICP of BT.2100 HLG, 16 bits", png(rgb(np.uint16, 65535), 16, 2, CICP(9, 18, 0, 1)), "render", ["COLOURS_CONVERTED", "DEPTH_REDUCED", "RECOMPRESSED"], tolerance=24, by=["Chromium"])
add("png-sbit.png", "sBIT of 5, 6 and 5 bits", png(rgb(), 8, 2, chunk(b"sBIT", bytes([5, 6, 5]))), "keep", tolerance=1)
add("png-phys.png", "density", png(rgb(), 8, 2, chunk(b"pHYs", struct.pack(">IIB", 11811, 11811, 1))), "keep", tolerance=1)
add("png-bkgd.png", "a background colour behind alpha", png(rgba(), 8, 6, chunk(b"bKGD", struct.pack(">HHH", 0, 255, 0))), "strip", ["METADATA_REMOVED"], tolerance=1)

# Metadata and structure.
add("png-text.png", "texts", png(rgb(), 8, 2, chunk(b"tEXt", b"Author\0Us"), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"hello"))), "strip", ["METADATA_REMOVED"], tolerance=1)
add("png-xmp.png", "XMP", png(rgb(), 8, 2, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), "strip", ["METADATA_REMOVED"], tolerance=1)
add("png-exif.png", "EXIF that turns nothing", png(rgb(), 8, 2, chunk(b"eXIf", exif(1))), "strip", ["METADATA_REMOVED"], tolerance=1)
add("png-exif-6.png", "EXIF orientation 6", png(rgb(), 8, 2, chunk(b"eXIf", exif(6))), "render", ["TURNED", "METADATA_REMOVED", "RECOMPRESSED"], tolerance=1)
add("png-time.png", "the time of the last change", png(rgb(), 8, 2, chunk(b"tIME", bytes([7, 234, 1, 2, 3, 4, 5]))), "strip", ["METADATA_REMOVED"], tolerance=1)
add("png-trailing.png", "data behind the end", png(rgb(), 8, 2, behind=b"PK\3\4 and more"), "strip", ["METADATA_REMOVED"], tolerance=1)
add("png-idat-pieces.png", "data in forty chunks", png(rgb(), 8, 2, pieces=40), "keep", tolerance=1)
add("png-private.png", "a private chunk", png(rgb(), 8, 2, chunk(b"prVt", b"1234")), "strip", ["METADATA_REMOVED"], tolerance=1)
fctl = lambda number, w, h, x=0, y=0: chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, w, h, x, y, 1, 10, 0, 0))
second = zlib.compress(packed(255 - rgb(), 8))
add("png-apng.png", "animated; the first frame is the still", png(rgb(), 8, 2, chunk(b"acTL", struct.pack(">II", 2, 0)), fctl(0, 64, 48))[:-12]
    + fctl(1, 64, 48) + chunk(b"fdAT", struct.pack(">I", 2) + second) + chunk(b"IEND"), "strip", ["FRAMES_DROPPED", "METADATA_REMOVED"], tolerance=1)
add("png-cgbi.png", "made for iOS (CgBI)", SIGNATURE + chunk(b"CgBI", bytes([0x50, 0, 0x20, 2])) + PLAIN[8:], "FORMAT_UNSUPPORTED", says="iOS")

# Damage.
add("png-crc-ihdr.png", "a wrong checksum of IHDR", png(rgb(), 8, 2, header=chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0), 1)), "DAMAGED")
add("png-crc-idat.png", "a wrong checksum of IDAT", PLAIN[:-16] + b"\0\0\0\1" + PLAIN[-12:], "DAMAGED")
add("png-depth-3.png", "a depth of 3", png(grey(8), 3, 0), "DAMAGED")
add("png-type-3-16.png", "a palette of 16 bits", png(INDICES.astype(np.uint16), 16, 3, PLTE), "DAMAGED")
add("png-cut.png", "cut in half", PLAIN[: len(PLAIN) // 2], "DAMAGED")
add("png-no-palette.png", "a palette image without its palette", png(INDICES, 8, 3), "DAMAGED")
add("png-critical.png", "an unknown critical chunk", png(rgb(), 8, 2, chunk(b"KNOW", b"1")), "DAMAGED")
