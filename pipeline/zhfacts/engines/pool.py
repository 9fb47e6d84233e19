"""Several processes on one machine, each started afresh, so that nothing hangs on what they inherit.

Example: `list(run(len, ["一", "二三"], jobs=2))` is [1, 2].
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

from zhfacts.errors import ZhfactsError

Item = TypeVar("Item")
Out = TypeVar("Out")

MOST_JOBS: Final = 61
"""Windows waits for no more processes at once."""
CHUNK: Final = 16


def run(work: Callable[[Item], Out], items: Sequence[Item], jobs: int) -> Iterator[Out]:
    """What `work` makes of each item, in their order, whichever is done first.

    `work`, items and what it returns must be picklable, and `work` must not raise for a bad item.
    Raises ZhfactsError where a worker process dies.
    """
    jobs = max(1, min(jobs, len(items), MOST_JOBS))
    chunk = max(1, min(CHUNK, len(items) // (jobs * 4)))
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupt_to_parent)
    done = 0
    try:
        for result in executor.map(work, items, chunksize=chunk):
            done += 1
            yield result
    except BrokenProcessPool as error:
        raise ZhfactsError(_broken(items, done, chunk)) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _leave_interrupt_to_parent() -> None:
    """Ctrl-C goes to the whole process group; only the parent should answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _broken(items: Sequence[object], done: int, chunk: int) -> str:
    """What to say of a worker that died."""
    return (
        f"a worker process died at or soon after item {done + 1} of {len(items)} ({items[done]}), perhaps "
        f"for want of memory; run with 1 job to see why, and call a parallel run from a script only below "
        f'`if __name__ == "__main__":`'
    )
