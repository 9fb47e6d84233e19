"""The life of a worker process: items in, results out, each through a thread, so that work waits for neither.

Example: while the parent writes tables, a worker goes on with the next item it holds, until 8 MiB of its results
wait to be fetched. A worker whose parent has gone ends at once.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Any, Final

from zhfacts.guard import seldom_collected

READY: Final = b"r"
OUT: Final = b"o"
DONE: Final = b"d"
ERROR: Final = b"e"
"""First byte of what a worker says: it can begin; a result; all results of an item have been said; it cannot go on."""
ITEM: Final = b"i"
ALONE: Final = b"a"
"""First byte of what it is told: an item; one over which a worker has died, each of whose results is to be said before
the next is begun, so that it is known over which.
"""
MOST_UNSENT: Final = 8 << 20
"""Bytes of results that may wait for the parent; then work stops until it has fetched some."""


class _Outbox:
    """What is still to be said; `put` waits where too much is."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        Thread(target=self._send, daemon=True).start()

    def put(self, said: bytes) -> None:
        """Say something as soon as it is its turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._size < MOST_UNSENT)
            self._waiting.append(said)
            self._size += len(said)
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all has been said."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting)

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                said = self._waiting[0]
            try:
                self._pipe.send_bytes(said)
            except BaseException:  # nobody is there to hear it, or no memory is left: the parent will find us dead
                os._exit(0)
            with self._changed:
                self._waiting.popleft()
                self._size -= len(said)
                self._changed.notify_all()


def _receive(pipe: Connection, inbox: SimpleQueue[bytes]) -> None:
    """Take items in; the end of the pipe is the end of this process, as nobody would hear what it has to say."""
    try:
        while True:
            inbox.put(pipe.recv_bytes())
    finally:
        os._exit(0)  # nothing is left to be done, and no library's threads can turn that into a crash


def serve(pipe: Connection, work: Callable[[Any], Iterable[Any]]) -> None:
    """Work on what comes through the pipe until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; only the parent should answer
    inbox: SimpleQueue[bytes] = SimpleQueue()
    outbox = _Outbox(pipe)
    Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    outbox.put(READY)
    with seldom_collected():
        while True:
            said = inbox.get()
            try:
                for out in work(pickle.loads(said[1:])):  # noqa: S301  # of our own parent
                    outbox.put(OUT + pickle.dumps(out))
                    if said[:1] == ALONE:
                        outbox.flush()
                outbox.put(DONE)
            except Exception as error:
                outbox.put(ERROR + pickle.dumps(error))
