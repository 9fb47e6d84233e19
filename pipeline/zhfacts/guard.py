"""The last guard: a document that takes absurdly long is given up whole, so that the others go on.

Patterns of ours are linear and tested for it; those of a user's rules need not be. What is limited is the
processor's time, not the clock's: a busy machine gives nothing up. The timer's signal stops `regex`, `re` and
Python code alike and costs nothing until it comes (the `timeout` of `regex` costs eight times a short match).
Without such signals (Windows, a thread, a program that uses SIGPROF itself) there is no guard.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

CPU_LIMIT: Final = 120.0
"""Seconds of processor time for each million characters begun; a common document takes three or four."""
MILLION: Final = 1_000_000


class TooSlow(Exception):  # noqa: N818  # no error of ours: it never leaves flow
    """A document has used up its time."""


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
