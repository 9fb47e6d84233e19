"""One run at a time in an output folder: a lock that ends with its process, however that ends.

Example: a second `zhfacts extract seeds --out outputs` ends with "outputs is in use by another run (process 4711
on host …)". The system gives the lock back when a process dies, so a killed run leaves none behind, only its name
in the file .zhfacts-lock, which the next run takes over. Where the file system has no such locks (some network
ones), the process named in the file is asked for instead.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from zhfacts.errors import OutputError

LOCK: Final = ".zhfacts-lock"
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
_MOST: Final = 1000
"""Bytes of a lock file that are read."""
_FAR: Final = 1 << 30
"""The byte that is locked on Windows: behind all that is written, for nobody else can read what is locked there."""
_TAKEN: Final = frozenset({errno.EACCES, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK)})
Take = Callable[[int], None]
"""Locks an open file until it is closed; BlockingIOError where another process has it."""


def by_flock(fcntl: Any) -> Take:
    """The way of Unix, by its module fcntl."""
    return lambda handle: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def by_locking(msvcrt: Any) -> Take:
    """The way of Windows, by its module msvcrt: one byte is locked, wherever the file ends."""

    def take(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _TAKEN:
                raise BlockingIOError(error.errno, error.strerror) from error
            raise

    return take


take: Take = by_locking(import_module("msvcrt")) if sys.platform == "win32" else by_flock(import_module("fcntl"))
"""How this system locks a file."""


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Have the folder for this run; OutputError that names the other process where one is at work in it."""
    path = out / LOCK
    handle = _lock(path)
    try:
        owner = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        }
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(owner).encode())
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(handle)
        if sys.platform == "win32":  # where no open file can be removed
            with suppress(OSError):
                path.unlink()


def _lock(path: Path) -> int:
    """Open and lock the file, again where it was removed by the run before in between."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags, 0o644)
        try:
            _take(handle, path)
            if _is(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    """Lock an open file; OutputError where another has it."""
    try:
        take(handle)
    except BlockingIOError:
        raise OutputError(_busy(path, _owner(handle))) from None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        owner = _owner(handle)
        if _alive(owner):
            raise OutputError(f"{_busy(path, owner)}; if it is none of zhfacts, remove {path}") from None


def _is(handle: int, path: Path) -> bool:
    """Whether an open file is the one that has its name now."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _owner(handle: int) -> dict[str, Any]:
    """What the lock file says of the process that has it; nothing where it has only begun."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        said = json.loads(os.read(handle, _MOST))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _busy(path: Path, owner: dict[str, Any]) -> str:
    known = {"pid", "host", "since"} <= owner.keys()
    who = f" (process {owner['pid']} on {owner['host']}, since {owner['since']})" if known else ""
    return f"{path.parent} is in use by another run{who}; wait for its end, or choose another --out"


def _alive(owner: dict[str, Any]) -> bool:
    """Whether the process named by a lock file runs on this machine."""
    pid = owner.get("pid")
    if not isinstance(pid, int) or pid <= 0 or owner.get("host") != socket.gethostname():
        return False
    if sys.platform == "win32":  # os.kill would end it there
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
