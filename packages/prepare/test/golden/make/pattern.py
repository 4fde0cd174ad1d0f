"""The picture that most files show: twelve blocks of 16 pixels, four across and three down, no two alike.

A block is as large as a unit of a JPEG with halved chroma, so that colours inside a block do not mix, and the arrangement tells every
turn and mirror from the others.
"""

import numpy as np
from PIL import Image

BLOCK = 16
COLOURS = [
    [(230, 20, 20), (20, 160, 60), (30, 60, 200), (240, 210, 40)],
    [(255, 255, 255), (0, 0, 0), (128, 128, 128), (60, 190, 200)],
    [(200, 80, 160), (120, 70, 30), (70, 100, 40), (190, 190, 230)],
]
# Opaque, nearly opaque, half and entirely clear.
ALPHAS = [[255, 255, 128, 255], [255, 255, 0, 64], [255, 192, 255, 255]]


def blocks(table):
    """An array of a 4 × 3 table, each value a block."""
    array = np.array(table)
    return np.repeat(np.repeat(array, BLOCK, axis=0), BLOCK, axis=1)


def rgb(dtype=np.uint8, full=255):
    """Height × width × 3."""
    return np.round(blocks(COLOURS).astype(np.float64) * full / 255).astype(dtype)


def rgba(dtype=np.uint8, full=255):
    alpha = np.round(blocks(ALPHAS).astype(np.float64) * full / 255).astype(dtype)
    return np.dstack([rgb(dtype, full), alpha])


def grey(levels=256, dtype=np.uint8):
    """Twelve greys from black to white, as numbers from 0 to levels - 1."""
    table = [[round((4 * y + x) * (levels - 1) / 11) for x in range(4)] for y in range(3)]
    return blocks(table).astype(dtype)


def palette(colours=12):
    """Indices into a palette, which is the flat list of the first colours."""
    table = [[(4 * y + x) % colours for x in range(4)] for y in range(3)]
    flat = [channel for row in COLOURS for colour in row for channel in colour]
    return blocks(table).astype(np.uint8), flat[: 3 * colours]


def image(mode="RGB"):
    """The pattern as Pillow has it."""
    if mode == "RGBA":
        return Image.fromarray(rgba())
    if mode == "L":
        return Image.fromarray(grey())
    return Image.fromarray(rgb())


def noise(width, height, seed=1):
    """Smooth colours with a little noise: photographs are more like this than like blocks."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 9 + c) + np.cos(y / 7 - c) for c in range(3)]
    array = np.dstack([128 + 50 * w for w in waves]) + rng.normal(0, 3, (height, width, 3))
    return np.clip(array, 0, 255).astype(np.uint8)
