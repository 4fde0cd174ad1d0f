"""Decodes pictures with Pillow and djpeg for tools/pictures/golden.mjs: reads paths from its input, writes a line of JSON for each."""

import base64
import io
import json
import subprocess
import sys
import warnings

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps
import imagecodecs
import pillow_heif
import tifffile

warnings.simplefilter("ignore")
pillow_heif.register_heif_opener()
SRGB = ImageCms.createProfile("sRGB")
DJPEG = "djpeg " + subprocess.run(["djpeg", "-version"], capture_output=True, text=True).stderr.split()[3]


def pillow(path):
    with Image.open(path) as image:
        image.load()
        frame = ImageOps.exif_transpose(image)
        profile = image.info.get("icc_profile")
        alpha = frame.convert("RGBA").getchannel("A") if frame.mode in ("RGBA", "LA", "P", "PA") or "transparency" in frame.info else None
        if profile and frame.mode in ("RGB", "RGBA", "L", "CMYK"):
            plain = frame.convert("RGB") if frame.mode == "RGBA" else frame
            frame = ImageCms.profileToProfile(plain, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode="RGB")
        if frame.mode == "I;16":
            frame = Image.fromarray((np.asarray(frame) / 257).round().astype(np.uint8))
        result = frame.convert("RGBA")
        if alpha:
            result.putalpha(alpha)
        return np.asarray(result)


def djpeg(path):
    data = open(path, "rb").read()
    if not data.startswith(b"\xff\xd8") or b"ICC_PROFILE" in data or b"Exif\0" in data:
        return None
    done = subprocess.run(["djpeg", "-ppm"], input=data, capture_output=True)
    if done.returncode:
        return None
    return np.asarray(Image.open(io.BytesIO(done.stdout)).convert("RGBA"))


def codecs(path):
    """libjpeg-turbo 3 for JPEG, tifffile's own reader for TIFF."""
    data = open(path, "rb").read()
    if data.startswith(b"\xff\xd8") and b"ICC_PROFILE" not in data and b"Exif\0" not in data:
        array = imagecodecs.jpeg8_decode(data)
        return None if array.dtype != np.uint8 or (array.ndim == 3 and array.shape[2] != 3) else opaque(array)
    if data[:2] in (b"II", b"MM"):
        page = tifffile.TiffFile(path).pages[0]
        if page.photometric.name not in ("MINISBLACK", "MINISWHITE", "RGB", "PALETTE") or 274 in page.tags and page.tags[274].value != 1 or 34675 in page.tags:
            return None
        array = page.asarray()
        if page.planarconfig == 2 and array.ndim == 3:
            array = np.moveaxis(array, 0, 2)
        if page.photometric.name == "PALETTE":
            array = np.moveaxis(page.colormap, 0, 1)[array]
        if array.dtype == bool or page.bitspersample < 8:
            array = (array.astype(np.uint16) * 255 // (2**page.bitspersample - 1)).astype(np.uint8)
        if array.dtype == np.uint16:
            array = np.round(array / 257).astype(np.uint8)
        if array.dtype != np.uint8:
            return None
        if page.photometric.name == "MINISWHITE":
            array = 255 - array
        kind = page.extrasamples[0] if page.extrasamples else None
        if kind == 1:
            return None
        return opaque(array if kind == 2 or array.ndim == 2 else array[:, :, :3])
    return None


def opaque(array):
    mode = {2: "L", 3: "RGB"}.get(array.ndim)
    if array.ndim == 3 and array.shape[2] == 2:
        mode = "LA"
    if array.ndim == 3 and array.shape[2] == 4:
        mode = "RGBA"
    return np.asarray(Image.fromarray(np.ascontiguousarray(array), mode).convert("RGBA"))


DECODERS = {f"Pillow {PIL.__version__}": pillow, DJPEG: djpeg, f"imagecodecs {imagecodecs.__version__}": codecs}

for line in sys.stdin:
    found = {}
    for name, decode in DECODERS.items():
        try:
            array = decode(line.rstrip("\n"))
        except Exception:
            continue
        if array is not None:
            height, width = array.shape[:2]
            found[name] = {"width": width, "height": height, "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}
    print(json.dumps(found), flush=True)
