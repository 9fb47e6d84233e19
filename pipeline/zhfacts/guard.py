"""The last guards: a document that takes absurdly long or much is given up whole, so that the others go on.

Patterns of ours are linear and tested for it; those of a user's rules need not be. What is limited is the
processor's time, not the clock's: a busy machine gives nothing up. The timer's signal stops `regex`, `re` and
Python code alike and costs nothing until it comes (the `timeout` of `regex` costs eight times a short match).
Without such signals (Windows, a thread, a program that uses SIGPROF itself) there is no guard.

Memory is limited by the system (RLIMIT_AS, over what the process has already): it refuses the very request that
would pass the limit, in Python and in C alike, where a watch would come too late for one great request and
tracemalloc sees no C library and costs half the speed. Systems without it (Windows, macOS) have no such guard.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

if sys.platform != "win32":
    import resource

CPU_LIMIT: Final = 120.0
"""Seconds of processor time for each million characters begun; a common document takes three or four."""
MILLION: Final = 1_000_000
MEMORY_LIMIT: Final = 4096
"""MiB that a document may take; a common one takes a few, a million characters take 70 to 300."""
MAX_CHARACTERS: Final = 20_000_000
"""Characters of a document; a long novel has one million."""
MAX_NUMBERS: Final = 1_000_000
"""Numbers of a document, before those that state nothing are left out."""


class TooSlow(Exception):  # noqa: N818  # no error of ours: it never leaves flow
    """A document has used up its time."""


class TooMuch(Exception):  # noqa: N818  # no error of ours: it never leaves flow
    """A document holds more than it may; args are the reason and what was found."""


_COLLECTED: Final = 500_000
"""Objects after which the collector looks for circles, in place of Python's 700."""
_stages = threading.Lock()
_thresholds: list[tuple[int, int, int]] = []


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have the collector of circles look less often in the block: stages make many objects and hardly a circle.

    It takes a tenth of the time otherwise. Blocks of several threads may overlap; the last to end sets it back.
    """
    with _stages:
        _thresholds.append(gc.get_threshold())
        gc.set_threshold(_COLLECTED, *_thresholds[0][1:])
    try:
        yield
    finally:
        with _stages:
            before = _thresholds.pop(0)
            if _thresholds:
                _thresholds[0] = before
            else:
                gc.set_threshold(*before)


@contextmanager
def memory(limit: int) -> Iterator[None]:
    """Have requests for memory fail in the block once it has taken `limit` MiB more than at its begin; 0: never."""
    used = _address_space()
    if limit <= 0 or used is None or sys.platform == "win32":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + (limit << 20)
    bounds = [bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([wanted, *bounds]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes of address space that this process has; None where the system does not say, or this is a thread."""
    if threading.current_thread() is not threading.main_thread():
        return None  # the limit would be that of the other threads, too
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def cpu_time(characters: int, limit: float) -> Iterator[None]:
    """Raise TooSlow in the block once it has used `limit` seconds for each million characters begun; 0: never."""
    if limit <= 0 or not _may_signal():
        yield
        return
    old = signal.signal(signal.SIGPROF, _stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, limit * -(-max(1, characters) // MILLION))
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)


def _may_signal() -> bool:
    """Whether a timer may be set here: in a main thread whose program does not use the signal for itself."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGPROF) in (signal.SIG_DFL, signal.SIG_IGN)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow
