"""Several processes on one machine, each started afresh, so that nothing hangs on what they inherit.

Example: `run(work, ["一", "二三"], 2, lost)` gives ("一", results of 一), then ("二三", its results). Items are taken
from their iterator as workers have room, a few ahead, and results come in the order of items. A worker that dies
(killed, out of memory, a crash in C) is replaced, and what it had is tried again, item by item; one over which a
worker dies a second time is lost, and no other. The executors of the standard library give up all their work there,
and cannot say whose fault it was.

What waits is bounded: results of items whose turn has not come are held as bytes, up to MOST_WAITING; from then on
only the worker whose turn it is is listened to, and the others stop at their full pipes.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import ModuleType
from typing import Any, Final, Generic, TypeVar

from zhfacts.engines.worker import ALONE, DONE, ERROR, ITEM, OUT, READY, serve
from zhfacts.errors import ZhfactsError

Item = TypeVar("Item")
Out = TypeVar("Out")

MOST_JOBS: Final = 61
"""Windows waits for no more processes at once."""
AHEAD: Final = 64
"""Items for each worker that may be taken from their iterator before the one whose turn it is has ended."""
IN_HAND: Final = 4
"""Items that a worker may have, the one at work included, so that it need not wait for us."""
LIGHT: Final = 200_000
"""Weight of a worker's items from which it gets no further one: one heavy item is enough to be busy with."""
MOST_WAITING: Final = 64 << 20
"""Bytes of results that may wait for their turn."""
MOST_STARTS: Final = 3
"""Workers in a row that may die before they have begun; then it is no item's fault."""
PATIENCE: Final = 5.0
"""Seconds that a worker has to end before it is killed."""
Lost = Callable[[Item, int, str], tuple[Sequence[Out], Item | None]]
"""Given an item over which a worker has died, how many results had come of it, and how it died ("killed by SIGKILL"):
what stands in for the result that was lost, and the item of what is still to be worked on, if anything is."""
Here = Callable[[Item], Iterable[Out] | None]
"""The results of an item that this process has to see to when its turn comes; None for one that is work for others."""


@dataclass(eq=False)
class _Entry(Generic[Item, Out]):
    """An item on its way: what has come of it and not been taken yet, and how far it is."""

    item: Item
    left: Item
    """What of it is still to be worked on."""
    weight: int
    here: Iterable[Out] | None = None
    said: deque[bytes] = field(default_factory=deque)
    seen: int = 0
    """Results that have come of it."""
    skip: int = 0
    """Results that come a second time, for the worker that gave them died over another item."""
    done: bool = False
    alone: bool = False
    """Whether it is given to a worker that has nothing else and says each result at once: a worker died that had it."""


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, and the items it has, the one at work first."""

    process: SpawnProcess
    pipe: Connection
    entries: deque[_Entry[Any, Any]] = field(default_factory=deque)
    ready: bool = False

    def has_room(self, entry: _Entry[Any, Any], others_wait: bool) -> bool:
        """Whether one more may be given to it."""
        if not self.entries:
            return self.ready
        crowded = len(self.entries) >= IN_HAND or sum(e.weight for e in self.entries) + entry.weight > LIGHT
        return not (others_wait or crowded or entry.alone or self.entries[0].alone)


@dataclass
class Pool(Generic[Item, Out]):
    """Workers, and the state of one run: what has been taken from the items, who has it, and what waits.

    `results` may be called again and again; workers stay until `end`.
    """

    work: Callable[[Item], Iterable[Out]]
    jobs: int
    lost: Lost[Item, Out]
    here: Here[Item, Out] = lambda _: None
    weight: Callable[[Item], int] = lambda _: LIGHT
    items: Iterator[Item] = field(default_factory=lambda: iter(()))
    workers: list[_Worker] = field(default_factory=list)
    queue: deque[_Entry[Item, Out]] = field(default_factory=deque)
    """Entries whose turn has not come, in their order."""
    pending: deque[_Entry[Item, Out]] = field(default_factory=deque)
    """Entries that no worker has."""
    waiting: int = 0
    """Bytes of results that have come and not been taken."""
    exhausted: bool = False
    stillborn: int = 0

    def results(self, items: Iterable[Item]) -> Iterator[tuple[Item, Iterator[Out]]]:
        """Each item with what comes of it, in their order."""
        self.items, self.exhausted = iter(items), False
        while True:
            self._fill()
            if not self.queue:
                return
            entry = self.queue.popleft()
            item, outs = entry.item, self._outs(entry)
            yield item, outs
            for _ in outs:  # what was not asked for is passed over
                pass

    def end(self, *, at_once: bool) -> None:
        """End all workers; those that are still at work are killed where nobody wants their results."""
        for worker in self.workers:
            if at_once:
                worker.process.terminate()
            worker.pipe.close()  # an idle worker ends by itself
        for worker in self.workers:
            _bury(worker.process)
        self.workers = []
        if isinstance(self.items, Generator):  # it may have processes of its own
            self.items.close()

    def _outs(self, entry: _Entry[Item, Out]) -> Iterator[Out]:
        if entry.here is not None:
            yield from entry.here
            return
        while True:
            while entry.said:
                said = entry.said.popleft()
                self.waiting -= len(said)
                yield pickle.loads(said)  # noqa: S301  # of a process of our own
            if entry.done:
                return
            self._fill()
            self._hand_out()
            self._listen(entry)

    def _fill(self) -> None:
        """Take items from their iterator, a bounded number ahead."""
        while not self.exhausted and len(self.queue) < AHEAD * self.jobs and len(self.pending) < IN_HAND * self.jobs:
            for item in self.items:
                entry = _Entry(item, item, self.weight(item), self.here(item))
                self.queue.append(entry)
                if entry.here is None:
                    self.pending.append(entry)
                break
            else:
                self.exhausted = True

    def _hand_out(self) -> None:
        """Hire as many workers as there is work for, and give them what they have room for."""
        while len(self.workers) < self.jobs and len(self.pending) > sum(not w.entries for w in self.workers):
            self._hire()
        for worker in sorted(self.workers, key=lambda worker: len(worker.entries)):
            others_wait = any(not other.entries for other in self.workers if other is not worker)
            while self.pending and worker.has_room(self.pending[0], others_wait):
                if not self._give(worker):
                    break

    def _give(self, worker: _Worker) -> bool:
        try:
            entry = self.pending[0]
            worker.pipe.send_bytes((ALONE if entry.alone else ITEM) + pickle.dumps(entry.left))
        except OSError:  # it died idle: its place is filled, the item goes to another
            self._dismiss(worker)
            return False
        worker.entries.append(self.pending.popleft())
        return True

    def _hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.work), daemon=True)
        with _no_script():
            process.start()
        theirs.close()  # or its death would not be heard
        self.workers.append(_Worker(process, ours))

    def _listen(self, entry: _Entry[Item, Out]) -> None:
        """Take what workers say, at least one; where too much waits, only what `entry` needs to go on."""
        full = self.waiting >= MOST_WAITING
        heard: dict[Any, _Worker] = {
            worker.pipe: worker for worker in self.workers if not full or not worker.entries or entry in worker.entries
        }
        for pipe in wait(list(heard)) if heard else ():
            worker = heard[pipe]
            try:
                said = worker.pipe.recv_bytes()
            except (EOFError, OSError):
                self._dismiss(worker)
                continue
            self._take(worker, said[:1], said[1:])

    def _take(self, worker: _Worker, kind: bytes, said: bytes) -> None:
        if kind == ERROR:
            raise pickle.loads(said)  # noqa: S301  # of a process of our own
        if kind == READY:
            worker.ready, self.stillborn = True, 0
        elif kind == DONE:
            worker.entries.popleft().done = True
        elif kind == OUT and worker.entries[0].skip:
            worker.entries[0].skip -= 1
        else:
            self._keep(worker.entries[0], said)

    def _keep(self, entry: _Entry[Item, Out], said: bytes) -> None:
        entry.said.append(said)
        entry.seen += 1
        self.waiting += len(said)

    def _dismiss(self, worker: _Worker) -> None:
        """Strike out a worker that has died. Nobody knows over which of its items: each is tried again, alone."""
        self.workers.remove(worker)
        worker.pipe.close()
        how = _bury(worker.process)
        if not worker.ready:
            self._miscarried(how)
        for entry in reversed(worker.entries):
            blamed = entry.alone
            entry.alone, entry.skip = True, entry.seen
            if not blamed or self._go_on(entry, how):
                self.pending.appendleft(entry)

    def _go_on(self, entry: _Entry[Item, Out], how: str) -> bool:
        """Put something in the place of the result that was lost; whether there is more to be done of the item."""
        stand_ins, rest = self.lost(entry.left, entry.seen, how)
        for stand_in in stand_ins:
            self._keep(entry, pickle.dumps(stand_in))
        entry.seen = entry.skip = 0
        entry.done = rest is None
        if rest is not None:
            entry.left = rest
        return rest is not None

    def _miscarried(self, how: str) -> None:
        self.stillborn += 1
        if self.stillborn >= MOST_STARTS:
            raise ZhfactsError(
                f"{MOST_STARTS} worker processes died before they could begin ({how}); run with 1 job to see why"
            )


def run(  # noqa: PLR0913  # what to do with which items, and by name what callers may know of them
    work: Callable[[Item], Iterable[Out]],
    items: Iterable[Item],
    jobs: int,
    lost: Lost[Item, Out],
    *,
    here: Here[Item, Out] = lambda _: None,
    weight: Callable[[Item], int] = lambda _: LIGHT,
) -> Generator[tuple[Item, Iterator[Out]], None, None]:
    """Each item with the results that `work` makes of it, in their order, whichever is done first.

    `work`, items and results must be picklable, and `work` must not raise for a bad item. `weight` says about how
    much work an item is, so that a worker gets several light ones at a time. Raises what `work` raises, and
    ZhfactsError where no worker can be started.
    """
    pool = Pool(work, max(1, min(jobs, MOST_JOBS)), lost, here, weight)
    whole = False
    try:
        yield from pool.results(items)
        whole = True
    finally:
        pool.end(at_once=not whole)


@contextmanager
def _no_script() -> Iterator[None]:
    """Have processes started in the block not run the caller's script for its definitions: none of ours is there.

    It takes time, and a script that calls us outside of `if __name__ == "__main__":` would begin all over again.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


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
