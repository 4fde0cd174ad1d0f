"""Other formats that people take for pictures: refused by their names."""

from pictures import add


def box(kind, content):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


for name, about, data, says in [
    ("cr3", "a Canon raw file", box(b"ftyp", b"crx \0\0\0\1crx isom") + bytes(60), "Canon"),
    ("mp4", "a video", box(b"ftyp", b"mp42\0\0\0\0mp42isom") + bytes(60), "Video"),
    ("svg", "an SVG", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    ("psd", "a Photoshop file", b"8BPS\0\1" + bytes(60), "Photoshop"),
    ("jxl", "JPEG XL", b"\xff\x0a" + bytes(60), "JPEG XL"),
    ("jp2", "JPEG 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), "JPEG 2000"),
    ("qoi", "QOI", b"qoif" + bytes(60), "QOI"),
    ("exr", "OpenEXR", b"\x76\x2f\x31\x01" + bytes(60), "OpenEXR"),
    ("raf", "a Fujifilm raw file", b"FUJIFILMCCD-RAW 0201" + bytes(60), "Fuji"),
    ("ico", "an icon", b"\0\0\1\0\1\0" + bytes(60), "ICO"),
    ("xcf", "a GIMP file", b"gimp xcf v011\0" + bytes(60), "GIMP"),
    ("pdf", "a PDF", b"%PDF-1.7\n" + bytes(60), "PDF"),
]:
    add(f"other-{name}.{name}", about, data, "FORMAT_UNSUPPORTED", says=says)
add("other-text.jpg", "a text that calls itself a JPG", b"not a picture", "NOT_AN_IMAGE")
add("other-empty.png", "nothing", b"", "SOURCE_EMPTY")
