"""GIF: screens, frames, palettes, transparency."""

import struct

import numpy as np
from PIL import GifImagePlugin  # noqa: F401

from pattern import palette
from pictures import add

INDICES, FLAT = palette()
TABLE = bytes(FLAT) + bytes(48 - len(FLAT))
TO_PNG = ["CONVERTED"]
MANY = ["FRAMES_DROPPED", "CONVERTED"]


def lzw(indices, bits=4):
    """Codes of one size only: a clear code comes before the table would grow."""
    clear, size, out, fill, have = 1 << bits, bits + 1, bytearray(), 0, 0
    codes = []
    for at, value in enumerate(indices):
        if at % ((1 << bits) - 2) == 0:
            codes.append(clear)
        codes.append(int(value))
    for code in [*codes, clear + 1]:
        fill |= code << have
        have += size
        while have >= 8:
            out.append(fill & 255)
            fill >>= 8
            have -= 8
    if have:
        out.append(fill & 255)
    blocks = b"".join(bytes([len(out[i : i + 255])]) + bytes(out[i : i + 255]) for i in range(0, len(out), 255))
    return bytes([bits]) + blocks + b"\0"


def frame(array, left=0, top=0, local=b"", clear=None, disposal=0, interlaced=False, control=True):
    height, width = array.shape
    head = b""
    if control:
        head = b"\x21\xf9\x04" + struct.pack("<BHB", disposal << 2 | (clear is not None), 10, clear or 0) + b"\0"
    lines = array
    if interlaced:
        order = [y for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(start, height, step)]
        lines = array[order]
    flags = (0x83 if local else 0) | (0x40 if interlaced else 0)
    return head + b"\x2c" + struct.pack("<HHHHB", left, top, width, height, flags) + local + lzw(lines.reshape(-1))


def gif(*parts, version=b"89a", size=(64, 48), table=TABLE, background=0):
    flags = 0xF3 if table else 0x70
    return b"GIF" + version + struct.pack("<HHBBB", *size, flags, background, 0) + table + b"".join(parts) + b"\x3b"


LOOP = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
OTHER = np.full((48, 64), 4, np.uint8)
SMALL = INDICES[:32, :32]

add("gif-87a.gif", "GIF87a", gif(frame(INDICES, control=False), version=b"87a"), "render", TO_PNG, tolerance=1)
add("gif-89a.gif", "GIF89a", gif(frame(INDICES)), "render", TO_PNG, tolerance=1)
add("gif-clear.gif", "one colour is clear", gif(frame(INDICES, clear=3)), "render", TO_PNG, tolerance=1)
add("gif-interlaced.gif", "interlaced", gif(frame(INDICES, interlaced=True)), "render", TO_PNG, tolerance=1)
add("gif-local.gif", "a palette of the frame", gif(frame(INDICES, local=TABLE), table=b""), "render", TO_PNG, tolerance=1)
add("gif-local-over-global.gif", "a palette of the frame beside another one", gif(frame(INDICES, local=TABLE), table=TABLE[::-1]), "render", TO_PNG, tolerance=1)
add("gif-animated.gif", "animated", gif(LOOP, frame(INDICES), frame(OTHER)), "render", MANY, tolerance=1)
add("gif-animated-clear.gif", "animated, with a clear colour and disposal", gif(LOOP, frame(INDICES, clear=5, disposal=2), frame(OTHER, disposal=2)), "render", MANY, tolerance=1)
add("gif-small-frame.gif", "a frame smaller than the screen", gif(frame(SMALL, 16, 8)), "render", TO_PNG, tolerance=1, by=["Chromium"])
add("gif-small-frame-background.gif", "a small frame, and a background colour that browsers do not draw", gif(frame(SMALL, 16, 16), background=3), "render", TO_PNG, tolerance=1, by=["Chromium"])
add("gif-small-frame-clear.gif", "a small frame with a clear colour", gif(frame(SMALL, 32, 16, clear=1)), "render", TO_PNG, tolerance=1, by=["Chromium"])
add("gif-small-frame-animated.gif", "a small first frame, animated", gif(LOOP, frame(SMALL), frame(OTHER)), "render", MANY, tolerance=1, by=["Chromium"])
add("gif-frame-beyond.gif", "a frame that reaches beyond the screen", gif(frame(INDICES, 32, 16), size=(64, 48)), "render", TO_PNG, tolerance=1, by=["Chromium"])
add("gif-comment.gif", "a comment", gif(b"\x21\xfe\5hello\0", frame(INDICES)), "render", TO_PNG, tolerance=1)
add("gif-no-trailer.gif", "no trailer", gif(frame(INDICES))[:-1], "render", TO_PNG, tolerance=1)
add("gif-cut.gif", "cut in half", gif(frame(INDICES))[:1500], "DAMAGED")
