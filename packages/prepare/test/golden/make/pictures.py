"""The list of the golden set: each file adds its pictures with `add`."""

import io
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Picture:
    file: str
    about: str
    data: bytes
    verdict: str  # keep, strip, render, or the code of a refusal
    changes: list = field(default_factory=list)
    tolerance: int = 3
    by: list = None  # the decoders that may decide; all that can read it if None
    like: str = None  # the file with the same colours, where no decoder converts those of this one
    says: str = None  # a part of the English message of a refusal


PICTURES = []


def add(file, about, data, verdict, changes=(), **more):
    """Adds a picture with the verdict that is right for it. The pixels are decided later, by other decoders."""
    PICTURES.append(Picture(file, about, data, verdict, list(changes), **more))


def run(command, files, result):
    """Runs a program on files by their names in a temporary folder, and returns the bytes of one of them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        done = subprocess.run(command, cwd=folder, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace')}")
        return done.stdout if result == "-" else Path(folder, result).read_bytes()


def saved(picture, format, **options):
    """The bytes of a Pillow image."""
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()
