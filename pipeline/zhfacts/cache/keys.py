"""What the results of a file hang on, as one SHA-256: its bytes, the program, its rules and models, the settings.

Example: after a new row in rules/, or `--published` with another day, every document has a new key.
The file's name is not in it (but for its ending, which says how it is read): a file that has moved is known.
"""

from __future__ import annotations

import hashlib
import json
import stat
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).resolve().parents[1]
LIBRARIES: Final = (
    "babel", "charset-normalizer", "numpy", "pyarrow", "regex", "spacy", "spacy-pkuseg", "srsly",
    "selectolax", "pypdfium2", "python-docx", "jieba",
)  # fmt: skip
"""Libraries that have a say in what a document gives, or in the bytes of a table."""
FORM: Final = 1
"""Rises when entries are written in another form."""
WHOLE: Final = 256 << 20
"""Bytes of a file that is read as one document; a larger one is refused unread, and has no key."""


def base(digests: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The part that is the same for all files of a run; the overlay counts by its contents, not by its place."""
    told = {name: value for name, value in settings.items() if name != "overlay"}
    return digest(FORM, _program(), dict(digests), told)


def digest(*parts: Any) -> str:
    """SHA-256 of anything that JSON can hold, in one fixed form."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _program() -> list[Any]:
    """Our own code, the libraries and the Python that run it; a version number alone says little while we work."""
    code = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        code.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    found = {name: _version(name) for name in LIBRARIES}
    return [code.hexdigest(), found, sys.version.split()[0], unicodedata.unidata_version]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def content(path: Path, *, records: bool) -> str | None:
    """Ending and SHA-256 of a file; None for what is no plain file, cannot be read, or is refused for its size."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or (about.st_size > WHOLE and not records):
            return None
        with path.open("rb") as file:
            return f"{records}{''.join(path.suffixes[-2:])}:".lower() + hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None
