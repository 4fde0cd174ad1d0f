"""BMP: headers of Windows and OS/2, palettes, runs, masks, profiles."""

import struct

import numpy as np

from pattern import grey, palette, rgb, rgba
from pictures import add
from profiles import ADOBE_RGB, RED_IS_GREEN

TO_PNG = ["CONVERTED"]
CONVERTED = ["COLOURS_CONVERTED", "CONVERTED"]


def rows(array, bits, top_down=False):
    """Rows of samples from the bottom up, each padded to four bytes."""
    lines = array if top_down else array[::-1]
    out = b""
    for line in lines:
        if bits < 8:
            unpacked = ((line[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8)
            data = np.packbits(unpacked.reshape(-1)).tobytes()
        elif bits == 16:
            data = line.astype("<u2").tobytes()
        elif line.ndim == 2:
            data = line[:, [2, 1, 0, *range(3, line.shape[1])]].astype(np.uint8).tobytes()
        else:
            data = line.astype(np.uint8).tobytes()
        out += data + bytes(-len(data) % 4)
    return out


def core(bits):
    return struct.pack("<IHHHH", 12, 64, 48, 1, bits)


def info(size, bits, compression=0, colours=0, height=48, rest=b"", length=0):
    head = struct.pack("<IiiHHIIiiII", size, 64, height, 1, bits, compression, length, 2835, 2835, colours, 0)
    return head + rest + bytes(size - 40 - len(rest))


def bmp(header, pixels, between=b"", offset=None, behind=b""):
    at = 14 + len(header) + len(between)
    head = b"BM" + struct.pack("<IHHI", at + len(pixels) + len(behind), 0, 0, at if offset is None else offset)
    return head + header + between + pixels + behind


def quads(flat, reserved=0):
    return b"".join(bytes([flat[i + 2], flat[i + 1], flat[i], reserved]) for i in range(0, len(flat), 3))


def triples(flat):
    return b"".join(bytes([flat[i + 2], flat[i + 1], flat[i]]) for i in range(0, len(flat), 3))


INDICES, FLAT = palette()
FULL = FLAT + [0] * (768 - len(FLAT))


def few(bits):
    indices, flat = palette(min(12, 2**bits))
    return indices, flat + [0] * (3 * 2**bits - len(flat))


RGB32 = np.dstack([rgb(), np.zeros((48, 64), np.uint8)])

# Depths of Windows 3.
for bits in (1, 4, 8):
    indices, flat = few(bits)
    add(f"bmp-{bits}.bmp", f"{bits} bits with a palette", bmp(info(40, bits), rows(indices, bits), quads(flat)), "render", TO_PNG, tolerance=1)
RGB555 = (rgb().astype(np.uint16) >> 3) @ np.array([1024, 32, 1], np.uint16)
add("bmp-16.bmp", "16 bits, five of each colour", bmp(info(40, 16), rows(RGB555, 16)), "render", TO_PNG, tolerance=8)
add("bmp-24.bmp", "24 bits", bmp(info(40, 24), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-32.bmp", "32 bits whose fourth byte is 0 and means nothing", bmp(info(40, 32), rows(RGB32, 32)), "render", TO_PNG, tolerance=1)
add("bmp-24-top-down.bmp", "24 bits from the top down", bmp(info(40, 24, height=-48), rows(rgb(), 24, True)), "render", TO_PNG, tolerance=1)
add("bmp-8-top-down.bmp", "8 bits from the top down", bmp(info(40, 8, height=-48), rows(INDICES, 8, True), quads(FULL)), "render", TO_PNG, tolerance=1)

# Palettes.
add("bmp-8-few.bmp", "8 bits, 12 colours by biClrUsed", bmp(info(40, 8, colours=12), rows(INDICES, 8), quads(FLAT)), "render", TO_PNG, tolerance=1)
add("bmp-4-few.bmp", "4 bits, 12 colours by biClrUsed", bmp(info(40, 4, colours=12), rows(INDICES, 4), quads(FLAT)), "render", TO_PNG, tolerance=1)
add("bmp-8-grey.bmp", "8 bits, a palette of greys", bmp(info(40, 8), rows(grey(), 8), quads([v for i in range(256) for v in (i, i, i)])), "render", TO_PNG, tolerance=1)
add("bmp-8-reserved.bmp", "a palette whose fourth bytes are 255", bmp(info(40, 8), rows(INDICES, 8), quads(FULL, 255)), "render", TO_PNG, tolerance=1)
add("bmp-palette-offset-54.bmp", "bfOffBits points at the palette",
    bmp(info(40, 8, colours=12), rows(INDICES, 8), quads(FLAT), offset=54), "render", TO_PNG, tolerance=1)
add("bmp-24-palette.bmp", "24 bits with a palette that nothing uses", bmp(info(40, 24, colours=12), rows(rgb(), 24), quads(FLAT)), "render", TO_PNG, tolerance=1)
add("bmp-24-gap.bmp", "a gap before the pixels", bmp(info(40, 24), rows(rgb(), 24), bytes(20)), "render", TO_PNG, tolerance=1)

# OS/2.
for bits in (1, 4, 8):
    indices, flat = few(bits)
    add(f"bmp-os2-{bits}.bmp", f"OS/2 1, {bits} bits", bmp(core(bits), rows(indices, bits), triples(flat)), "render", TO_PNG, tolerance=1)
add("bmp-os2-24.bmp", "OS/2 1, 24 bits", bmp(core(24), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-os2-2-8.bmp", "OS/2 2, 8 bits", bmp(info(64, 8), rows(INDICES, 8), quads(FULL)), "render", TO_PNG, tolerance=1)
add("bmp-os2-2-24.bmp", "OS/2 2, 24 bits", bmp(info(64, 24), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-os2-2-short.bmp", "OS/2 2 with a header of 16 bytes", bmp(info(40, 24)[:16].replace(struct.pack("<I", 40), struct.pack("<I", 16), 1), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)

# Runs.
def rle8(array):
    return b"".join(b"".join(bytes([16, line[x]]) for x in range(0, 64, 16)) + b"\0\0" for line in array[::-1]) + b"\0\1"


def rle4(array):
    return b"".join(b"".join(bytes([16, line[x] * 17]) for x in range(0, 64, 16)) + b"\0\0" for line in array[::-1]) + b"\0\1"


def literal(array):
    """Absolute runs, which are padded to two bytes."""
    return b"".join(bytes([0, 63]) + line[:63].tobytes() + b"\0" + bytes([1, line[63]]) + b"\0\0" for line in array[::-1]) + b"\0\1"


def rle24(array):
    return b"".join(b"".join(bytes([16, *line[x][::-1]]) for x in range(0, 64, 16)) + b"\0\0" for line in array[::-1]) + b"\0\1"


for name, about, bits, compression, data, flat in [
    ("rle8", "runs of 8 bits", 8, 1, rle8(INDICES), FULL),
    ("rle4", "runs of 4 bits", 4, 2, rle4(INDICES), FLAT + [0] * 12),
    ("rle8-literal", "runs of 8 bits, written out", 8, 1, literal(INDICES), FULL),
    ("rle8-no-end", "runs without an end mark", 8, 1, rle8(INDICES)[:-2], FULL),
]:
    add(f"bmp-{name}.bmp", about, bmp(info(40, bits, compression, length=len(data)), data, quads(flat)), "render", TO_PNG, tolerance=1)
skipping = rle8(INDICES[24:])[:-2] + b"\0\2\0\4" + b"\0\1"
add("bmp-os2-2-rle24.bmp", "OS/2 2, runs of 24 bits", bmp(info(64, 24, 4, length=len(rle24(rgb()))), rle24(rgb())), "render", TO_PNG, tolerance=1)

# Masks.
RGB565 = (rgb()[:, :, 0].astype(np.uint16) >> 3 << 11) | (rgb()[:, :, 1].astype(np.uint16) >> 2 << 5) | (rgb()[:, :, 2] >> 3)
MASKS = lambda *masks: struct.pack(f"<{len(masks)}I", *masks)
add("bmp-565.bmp", "masks of 5, 6 and 5 bits", bmp(info(40, 16, 3), rows(RGB565, 16), MASKS(0xF800, 0x7E0, 0x1F)), "render", TO_PNG, tolerance=8)
add("bmp-555-masks.bmp", "masks of five bits", bmp(info(40, 16, 3), rows(RGB555, 16), MASKS(0x7C00, 0x3E0, 0x1F)), "render", TO_PNG, tolerance=8)
add("bmp-32-masks.bmp", "32 bits, red in the lowest byte", bmp(info(40, 32, 3), rows(RGB32[:, :, [2, 1, 0, 3]], 32), MASKS(0xFF, 0xFF00, 0xFF0000)), "render", TO_PNG, tolerance=1)
RGBX10 = (rgb().astype(np.uint32) * 1023 // 255) @ np.array([1 << 20, 1 << 10, 1], np.uint32)
add("bmp-32-10bit.bmp", "masks of ten bits", bmp(info(40, 32, 3), b"".join(r.astype("<u4").tobytes() for r in RGBX10[::-1]), MASKS(0x3FF00000, 0xFFC00, 0x3FF)), "render", TO_PNG, tolerance=2)
ALPHA_MASKS = MASKS(0xFF0000, 0xFF00, 0xFF, 0xFF000000)
add("bmp-v3-alpha.bmp", "a header of 56 bytes, with an alpha mask", bmp(info(56, 32, 3, rest=ALPHA_MASKS), rows(rgba(), 32)), "render", TO_PNG, tolerance=1)
add("bmp-v2-masks.bmp", "a header of 52 bytes, with masks", bmp(info(52, 16, 3, rest=MASKS(0xF800, 0x7E0, 0x1F)), rows(RGB565, 16)), "render", TO_PNG, tolerance=8)

# Colour spaces of versions 4 and 5.
SRGB = struct.unpack("<I", b"BGRs")[0]
EMBEDDED = struct.unpack("<I", b"DEBM")[0]
LINKED = struct.unpack("<I", b"KNIL")[0]
fixed = lambda values, unit: b"".join(struct.pack("<I", round(v * unit)) for v in values)
# Red and green primaries of sRGB changed places, as CIEXYZTRIPLE has them, and a gamma of 2.2.
END_POINTS = fixed([0.3576, 0.7152, 0.1192, 0.4124, 0.2126, 0.0193, 0.1805, 0.0722, 0.9505], 1 << 30)
GAMMAS = fixed([2.2] * 3, 1 << 16)
add("bmp-v4-alpha.bmp", "version 4 with an alpha mask, sRGB", bmp(info(108, 32, 3, rest=ALPHA_MASKS + struct.pack("<I", SRGB)), rows(rgba(), 32)), "render", TO_PNG, tolerance=1)
add("bmp-v4-24.bmp", "version 4, 24 bits, sRGB", bmp(info(108, 24, rest=bytes(16) + struct.pack("<I", SRGB)), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-v4-calibrated.bmp", "version 4, red and green swapped by its end points",
    bmp(info(108, 24, rest=bytes(16) + struct.pack("<I", 0) + END_POINTS + GAMMAS), rows(rgb(), 24)), "render", CONVERTED, tolerance=10, like="bmp-v5-icc.bmp")
SRGB_POINTS = fixed([0.64, 0.33, 0.03, 0.3, 0.6, 0.1, 0.15, 0.06, 0.79], 1 << 30)
add("bmp-v4-calibrated-srgb.bmp", "version 4, calibrated as sRGB, with the reciprocal of gamma 2.2",
    bmp(info(108, 24, rest=bytes(16) + struct.pack("<I", 0) + SRGB_POINTS + fixed([1 / 2.2] * 3, 1 << 16)), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-v4-calibrated-empty.bmp", "version 4, calibrated by zeros, as many programs write it",
    bmp(info(108, 24), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)


def v5(space, profile=b"", bits=24, masks=bytes(16)):
    at = 124 + len(rows(rgb(), 24))
    return info(124, bits, rest=masks + struct.pack("<I", space) + bytes(48) + struct.pack("<IIII", 4, at if profile else 0, len(profile), 0))


add("bmp-v5-srgb.bmp", "version 5, sRGB", bmp(v5(SRGB), rows(rgb(), 24)), "render", TO_PNG, tolerance=1)
add("bmp-v5-icc.bmp", "version 5 with a profile that swaps red and green", bmp(v5(EMBEDDED, RED_IS_GREEN), rows(rgb(), 24), behind=RED_IS_GREEN), "render", CONVERTED, tolerance=6)
add("bmp-v5-icc-adobe.bmp", "version 5 with Adobe RGB", bmp(v5(EMBEDDED, ADOBE_RGB), rows(rgb(), 24), behind=ADOBE_RGB), "render", CONVERTED, tolerance=8)
add("bmp-v5-linked.bmp", "version 5 with the path of a profile", bmp(v5(LINKED, b"C:\\a.icc\0"), rows(rgb(), 24), behind=b"C:\\a.icc\0"), "render", TO_PNG, tolerance=1)

# Damage and other kinds.
WHOLE = bmp(info(40, 24), rows(rgb(), 24))
add("bmp-cut.bmp", "cut in half", WHOLE[: len(WHOLE) // 2], "DAMAGED")
add("bmp-jpeg-inside.bmp", "a JPG inside", bmp(info(40, 0, 4), b"\xff\xd8\xff\xe0" + bytes(100)), "FORMAT_UNSUPPORTED")
