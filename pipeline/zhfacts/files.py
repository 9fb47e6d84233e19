"""A file of results put in place whole or not at all, whatever stops the writing.

Example: `put(Path("事实.csv"), [b"..."])` leaves the old file or the new one, never half of either.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from zhfacts.errors import InputError, OutputError


def put(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file under another name beside its own, then rename it; an old one gives it its rights.

    Raises InputError where something stands there that is no file, OutputError where it cannot be written.
    """
    refuse_others(path)
    new = path.with_name(f".{path.name[:32]}-{secrets.token_hex(4)}")
    try:
        with new.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    except OSError as error:
        raise OutputError(
            f"cannot write {path} ({error.strerror or error}); choose a file in a folder that is there and yours"
        ) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def refuse_others(path: Path) -> None:
    """InputError for a folder, a device, and a name that shells use for a stream: /dev/null must stay one."""
    if path.name in {"", "-"} or (path.exists() and not path.is_file()):
        raise InputError(f"{path} is no file; give the name of one")
