"""The report's file: put in place whole, and never over a file that is something else.

Example: `put(page, Path("report.html"), force=False)` replaces an older report, and refuses notes of yours.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from zhfacts.errors import InputError, OutputError

MARK: Final = b'<meta name="generator" content="zhfacts'
"""Stands near the beginning of every report."""
_HEAD: Final = 4096


def refuse_foreign(path: Path, *, force: bool) -> None:
    """InputError where something stands in the file's place that is no report of ours."""
    if path.is_dir() or path.name in {"", "-"}:
        raise InputError(f"{path} is no file; give the name of one as --output")
    if os.path.lexists(path) and not force and not _is_ours(path):
        raise InputError(f"{path} is there already and no report of zhfacts; choose another --output, or give --force")


def put(page: bytes, path: Path, *, force: bool) -> None:
    """Write a report as a whole, or leave what stood there as it was."""
    refuse_foreign(path, force=force)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("xb") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another --output") from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Whether a file is an older report."""
    try:
        with path.open("rb") as file:
            return MARK in file.read(_HEAD)
    except OSError:
        return False
