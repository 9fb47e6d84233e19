"""Files wherever fsspec reaches: a local path, s3://bucket/新闻, gs://…, hdfs://…, memory://… in tests.

Example: `files("s3://news/2024")` gives ("01/一.txt", "s3://news/2024/01/一.txt", 8000) for each file, sorted.
Local paths need no fsspec.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from zhfacts.errors import InputError, OutputError
from zhfacts.inputs.base import Fault
from zhfacts.inputs.walk import fault_of_name

BLOCK: Final = 1 << 20


def is_remote(place: str) -> bool:
    """Whether a place is a URL and no path."""
    return "://" in place


def system(place: str) -> tuple[Any, str]:
    """The file system of a URL, and the path within it; InputError where its library is not installed."""
    try:
        import fsspec
    except ImportError as error:
        raise InputError(f"{place} needs fsspec: pip install 'zhfacts[ray]'") from error
    try:
        found, path = fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise InputError(f"{place} cannot be reached: {error}") from error
    return found, str(path)


def files(root: str) -> Iterator[tuple[str, str, int, Fault | None]]:
    """Source, URL and size of every file below a URL in order of source, and what is wrong about its name."""
    found, path = system(root)
    if not found.exists(path):
        raise InputError(f"Input not found: {root}. Give a file or folder that exists.")
    if found.isfile(path):
        yield PurePosixPath(path).name, root, int(found.size(path) or 0), None
        return
    for name, about in sorted(found.find(path, detail=True).items()):
        source = name[len(path) :].lstrip("/")
        if not any(part.startswith(".") for part in PurePosixPath(source).parts):
            yield source, found.unstrip_protocol(name), int(about.get("size") or 0), fault_of_name(source)


@contextmanager
def local(place: str) -> Iterator[Path]:
    """A file as one on this machine: itself, or a copy that is removed again."""
    if not is_remote(place):
        yield Path(place)
        return
    found, path = system(place)
    with TemporaryDirectory(prefix="zhfacts-") as folder:
        copy = Path(folder) / PurePosixPath(path).name
        found.get_file(path, str(copy))
        yield copy


def put(file: Path, place: str) -> None:
    """Copy a file of this machine to its place, whole or not at all."""
    if is_remote(place):
        found, path = system(place)
        found.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        found.put_file(str(file), path)
        return
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    half = Path(f"{place}.tmp")
    shutil.copyfile(file, half)
    half.replace(place)


def move(old: str, new: str) -> None:
    """Move a file within one file system."""
    if is_remote(new):
        found, path = system(new)
        found.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        found.mv(system(old)[1], path)
    else:
        Path(new).parent.mkdir(parents=True, exist_ok=True)
        Path(old).replace(new)


def remove(folder: str) -> None:
    """Remove a folder of ours with all that is in it."""
    if is_remote(folder):
        found, path = system(folder)
        if found.exists(path):
            found.rm(path, recursive=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def sha256(places: Sequence[str]) -> str:
    """SHA-256 of files, one behind the other."""
    total = hashlib.sha256()
    for place in places:
        found, path = system(place)
        with found.open(path, "rb") as file:
            while block := file.read(BLOCK):
                total.update(block)
    return total.hexdigest()


def refuse_taken(out: str) -> None:
    """OutputError where a URL holds tables already: on object stores nothing can be replaced at once."""
    found, path = system(out)
    if found.exists(f"{path}/run.json"):
        raise OutputError(f"{out} holds tables of an earlier run; choose another --out, or remove them first")
