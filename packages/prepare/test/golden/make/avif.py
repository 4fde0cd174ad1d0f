"""AVIF: depths, ranges, colours by nclx, alpha, properties, sequences."""

from pattern import image
from pictures import add, run, saved
from profiles import DISPLAY_P3
from PIL import Image
from pattern import rgb

PNG = saved(image(), "PNG")
PNG_ALPHA = saved(image("RGBA"), "PNG")
PNG_GREY = saved(image("L"), "PNG")
TO = ["CONVERTED"]
TEN = ["DEPTH_REDUCED", *TO]
COLOURS = ["COLOURS_CONVERTED", *TO]


def avif(*options, source=PNG):
    return run(["avifenc", "-s", "8", "--min", "0", "--max", "8", "--minalpha", "0", "--maxalpha", "0", *options, "in.png", "out.avif"], {"in.png": source}, "out.avif")


PLAIN = ["--cicp", "1/13/6"]
for depth in (8, 10, 12):
    for yuv in ("444", "422", "420"):
        add(f"avif-{depth}-{yuv}.avif", f"{depth} bits, {yuv}", avif("-d", str(depth), "-y", yuv, *PLAIN), "render", TO if depth == 8 else TEN, tolerance=7)
add("avif-limited.avif", "limited range", avif("-r", "limited", "-y", "420", *PLAIN), "render", TO, tolerance=7)
# libyuv, with which Chromium and Pillow convert, rounds the coefficients of this matrix.
add("avif-limited-709.avif", "limited range, matrix of BT.709", avif("-r", "limited", "--cicp", "1/13/1"), "render", TO, tolerance=10)
add("avif-grey.avif", "grey, full range", avif("-y", "400", *PLAIN, source=PNG_GREY), "render", TO, tolerance=5)
add("avif-grey-limited.avif", "grey, limited range", avif("-y", "400", "-r", "limited", *PLAIN, source=PNG_GREY), "render", TO, tolerance=5)
add("avif-grey-10-limited.avif", "grey, 10 bits, limited range", avif("-d", "10", "-y", "400", "-r", "limited", *PLAIN, source=PNG_GREY), "render", TEN, tolerance=5)
add("avif-lossless.avif", "lossless, matrix of identity", avif("-l", "--cicp", "1/13/0"), "render", TO, tolerance=4)
add("avif-unspecified.avif", "nothing specified", avif("--cicp", "2/2/6"), "render", TO, tolerance=6)
# Colours.
add("avif-p3.avif", "Display P3 by nclx", avif("--cicp", "12/13/6"), "render", COLOURS, tolerance=9, by=["Chromium"])
add("avif-bt709.avif", "the transfer of BT.709, which browsers take for sRGB's", avif("--cicp", "1/1/1"), "render", TO, tolerance=7)
add("avif-icc-p3.avif", "ICC profile Display P3", run(["avifenc", "-s", "8", "--min", "0", "--max", "8", "--icc", "p3.icc", "in.png", "out.avif"], {"in.png": PNG, "p3.icc": DISPLAY_P3}, "out.avif"), "render", COLOURS, tolerance=9)
add("avif-pq.avif", "BT.2100 PQ, 10 bits", avif("-d", "10", "--cicp", "9/16/9"), "render", ["COLOURS_CONVERTED", *TEN], tolerance=24, by=["Chromium"])
add("avif-hlg.avif", "BT.2100 HLG, 10 bits", avif("-d", "10", "--cicp", "9/18/9"), "render", ["COLOURS_CONVERTED", *TEN], tolerance=24, by=["Chromium"])
# Alpha.
add("avif-alpha.avif", "alpha", avif(*PLAIN, source=PNG_ALPHA), "render", TO, tolerance=8)
add("avif-alpha-10.avif", "alpha, 10 bits", avif("-d", "10", *PLAIN, source=PNG_ALPHA), "render", TEN, tolerance=8)
add("avif-premultiplied.avif", "premultiplied alpha", avif("-p", *PLAIN, source=PNG_ALPHA), "render", TO, tolerance=12, by=["Pillow"])
# Properties.
for angle in (1, 2, 3):
    add(f"avif-irot-{angle}.avif", f"turned by {90 * angle} degrees", avif("--irot", str(angle), *PLAIN), "render", TO, tolerance=6)
for mode in (0, 1):
    add(f"avif-imir-{mode}.avif", f"mirrored, mode {mode}", avif("--imir", str(mode), *PLAIN), "render", TO, tolerance=6)
add("avif-irot-imir.avif", "turned and mirrored", avif("--irot", "1", "--imir", "0", *PLAIN), "render", TO, tolerance=6)
add("avif-clap.avif", "cropped by clap", avif("--crop", "16,0,32,48", *PLAIN), "render", TO, tolerance=6, by=["heif-convert", "ImageMagick"])
TILED = saved(Image.fromarray(rgb()).resize((256, 192), 0), "PNG")
add("avif-grid.avif", "a grid of four", avif("--grid", "2x2", *PLAIN, source=TILED), "render", TO, tolerance=6)
add("avif-sequence.avif", "a sequence; its still is shown", saved(image(), "AVIF", quality=95, subsampling="4:4:4", save_all=True, append_images=[Image.fromarray(255 - rgb())], duration=100), "render", ["FRAMES_DROPPED", *TO], tolerance=7, by=["Pillow"])
add("avif-cut.avif", "cut", avif(*PLAIN)[:-200], "DAMAGED")
