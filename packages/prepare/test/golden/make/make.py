"""Writes the pictures of the golden set into ../pictures, and the verdict that is right for each into ../golden.json.

The pixels are decided afterwards by other decoders: see ../README.md.
"""

import json
from pathlib import Path

import jpeg, png, bmp, gif, webp, avif, heic, tiff, others  # noqa: E401,F401,I001
from pictures import PICTURES

HERE = Path(__file__).resolve().parent.parent
FOLDER = HERE / "pictures"

FOLDER.mkdir(exist_ok=True)
for old in FOLDER.iterdir():
    old.unlink()
rows = []
for picture in PICTURES:
    (FOLDER / picture.file).write_bytes(picture.data)
    row = {"file": picture.file, "about": picture.about, "verdict": picture.verdict}
    if picture.verdict in ("keep", "strip", "render"):
        row |= {"changes": picture.changes, "tolerance": picture.tolerance}
    row |= {key: value for key, value in (("decidedBy", picture.by), ("like", picture.like), ("says", picture.says)) if value}
    rows.append(json.dumps(row, ensure_ascii=False))
(HERE / "golden.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
print(f"{len(PICTURES)} pictures, {sum(len(picture.data) for picture in PICTURES):,} bytes")
