"""Several processes on one machine, each started afresh, so that nothing hangs on what they inherit.

Example: `list(run(len, ["一", "二三"], 2, lost))` is [1, 2]. A worker has one item at a time: whoever dies
(killed, out of memory, a crash in C) takes this one with it and no other, and is replaced. The executors of
the standard library give up all their work there, and cannot say whose fault it was.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Generic, TypeVar

from zhfacts.errors import ZhfactsError

Item = TypeVar("Item")
Out = TypeVar("Out")

MOST_JOBS: Final = 61
"""Windows waits for no more processes at once."""
AHEAD: Final = 16
"""Items for each worker that may be done before the one whose turn it is: bounds what waits in memory."""
MOST_STARTS: Final = 3
"""Workers in a row that may die before they have begun; then it is no item's fault."""
PATIENCE: Final = 5.0
"""Seconds that a worker has to end before it is killed."""


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, and the number of the item it has; None before it is ready or while idle."""

    process: SpawnProcess
    pipe: Connection
    item: int | None = None
    ready: bool = False


@dataclass
class _Pool(Generic[Item, Out]):
    """The state of one run: which items have been handed out, and what has come back before its turn."""

    work: Callable[[Item], Out]
    items: Sequence[Item]
    jobs: int
    lost: Callable[[Item, str], Out]
    workers: list[_Worker] = field(default_factory=list)
    done: dict[int, Out] = field(default_factory=dict)
    given: int = 0
    stillborn: int = 0

    def results(self) -> Iterator[Out]:
        """What comes of each item, in their order."""
        for turn in range(len(self.items)):
            while turn not in self.done:
                self._hire(turn)
                self._hand_out(turn)
                self._listen()
            yield self.done.pop(turn)

    def end(self, *, at_once: bool) -> None:
        """End all workers; those that are still at work are killed where nobody wants their results."""
        for worker in self.workers:
            if at_once:
                worker.process.terminate()
            worker.pipe.close()  # an idle worker ends by itself
        for worker in self.workers:
            _bury(worker.process)

    def _hire(self, turn: int) -> None:
        """As many workers as there is still work for."""
        wanted = min(self.jobs, len(self.items) - turn - len(self.done))
        while len(self.workers) < wanted:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self.work), daemon=True)
            process.start()
            theirs.close()  # or its death would not be heard
            self.workers.append(_Worker(process, ours))

    def _hand_out(self, turn: int) -> None:
        """Give the next items to the workers that wait for one."""
        for worker in list(self.workers):
            if not worker.ready or worker.item is not None:
                continue
            if self.given < min(len(self.items), turn + AHEAD * self.jobs):
                try:
                    worker.pipe.send(self.items[self.given])
                except OSError:  # it died idle: its place is filled, the item goes to another
                    self._dismiss(worker)
                    continue
                worker.item, self.given = self.given, self.given + 1

    def _listen(self) -> None:
        """Take what workers say, at least one; a pipe that has ended is a worker that has died."""
        pipes: dict[Any, _Worker] = {worker.pipe: worker for worker in self.workers}
        for pipe in wait(list(pipes)) if pipes else ():
            worker = pipes[pipe]
            try:
                kind, said = worker.pipe.recv()
            except (EOFError, OSError):
                self._dismiss(worker)
                continue
            if kind == "error":
                raise said
            if kind == "ready":
                worker.ready, self.stillborn = True, 0
            elif worker.item is not None:
                self.done[worker.item] = said
                worker.item = None

    def _dismiss(self, worker: _Worker) -> None:
        """Strike out a worker that has died, with the item that it had."""
        self.workers.remove(worker)
        worker.pipe.close()
        how = _bury(worker.process)
        if worker.item is not None:
            self.done[worker.item] = self.lost(self.items[worker.item], how)
        elif not worker.ready:
            self.stillborn += 1
            if self.stillborn >= MOST_STARTS:
                raise ZhfactsError(
                    f"{MOST_STARTS} worker processes died before they could begin ({how}); run with 1 job to see why, "
                    f'and call a parallel run from a script only below `if __name__ == "__main__":`'
                )


def run(
    work: Callable[[Item], Out], items: Sequence[Item], jobs: int, lost: Callable[[Item, str], Out]
) -> Generator[Out, None, None]:
    """What `work` makes of each item, in their order, whichever is done first.

    `work`, items and what it returns must be picklable, and `work` must not raise for a bad item. Where a worker
    dies over an item, `lost(item, how)` stands in for it: how is "ended with code 3" or "killed by SIGKILL".
    Raises what `work` raises, and ZhfactsError where no worker can be started.
    """
    pool = _Pool(work, items, max(1, min(jobs, len(items), MOST_JOBS)), lost)
    whole = False
    try:
        yield from pool.results()
        whole = True
    finally:
        pool.end(at_once=not whole)


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """Work on what comes through the pipe until it ends; the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; only the parent should answer
    with suppress(EOFError, OSError):
        pipe.send(("ready", None))
        while True:
            item = pipe.recv()
            try:
                said = "done", work(item)
            except Exception as error:
                said = "error", error
            pipe.send(said)
    os._exit(0)  # nothing is left to be done, and no library's threads can turn that into a crash


def _bury(process: SpawnProcess) -> str:
    """Wait for the end of a process, or bring it about; how it ended."""
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
    code = process.exitcode or 0
    process.close()
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
