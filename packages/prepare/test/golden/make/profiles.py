"""ICC profiles and metadata that several kinds carry."""

import struct

import numpy as np
from PIL import ImageCms

# Columns of XYZ under D50, as matrix profiles have them.
P3 = [(0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)]
SRGB = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)]
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
SWAPPED = [SRGB[1], SRGB[0], SRGB[2]]
D50 = (0.9642, 1.0, 0.8249)


def _xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _pad(data):
    return data + bytes(-len(data) % 4)


def _profile(space, tags):
    at = 128 + 4 + 12 * len(tags)
    table, contents = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", at + len(contents), len(content))
        contents += _pad(content)
    head = bytearray(128)
    struct.pack_into(">I", head, 0, at + len(contents))
    struct.pack_into(">I", head, 8, 0x02400000)
    head[12:24] = b"mntr" + space + b"XYZ "
    head[36:40] = b"acsp"
    head[68:80] = _xyz(D50)[8:]
    return bytes(head) + table + contents


def _text(description):
    text = description.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(79)


def _gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def _srgb_curve():
    x = np.linspace(0, 1, 1024)
    y = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    return b"curv\0\0\0\0" + struct.pack(">I", 1024) + np.round(y * 65535).astype(">u2").tobytes()


def matrix(description, primaries, gamma=None):
    """An RGB profile of version 2; without a gamma it has sRGB's curve."""
    curve = _gamma(gamma) if gamma else _srgb_curve()
    return _profile(
        b"RGB ",
        [(b"desc", _text(description)), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", _xyz(D50))]
        + [(name, _xyz(value)) for name, value in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
        + [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")],
    )


def grey(description, gamma):
    tags = [(b"desc", _text(description)), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", _xyz(D50))]
    return _profile(b"GRAY", tags + [(b"kTRC", _gamma(gamma))])


DISPLAY_P3 = matrix("Display P3", P3)
ADOBE_RGB = matrix("Adobe RGB (1998)", ADOBE, 2.19921875)
PLAIN_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Red and green change places, so that a reader that ignores it is far off.
RED_IS_GREEN = matrix("Red and green swapped", SWAPPED)


def exif(orientation=None, order="<", thumbnail=b""):
    """A TIFF with an orientation, a maker and maybe a thumbnail, as EXIF segments and chunks carry it."""
    entries = [(271, 2, 4, b"Us!\0")]
    if orientation is not None:
        entries.append((274, 3, 1, struct.pack(order + "HH", orientation, 0)))
    body = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack(order + "HHI", tag, kind, count) + value
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    next_at = 8 + len(body) + 4
    if not thumbnail:
        return head + body + bytes(4)
    rows = [(259, 3, 1, struct.pack(order + "HH", 6, 0))]
    at = next_at + 2 + 12 * 3 + 4
    rows += [(513, 4, 1, struct.pack(order + "I", at)), (514, 4, 1, struct.pack(order + "I", len(thumbnail)))]
    second = struct.pack(order + "H", 3) + b"".join(struct.pack(order + "HHI", t, k, c) + v for t, k, c, v in rows)
    return head + body + struct.pack(order + "I", next_at) + second + bytes(4) + thumbnail


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
