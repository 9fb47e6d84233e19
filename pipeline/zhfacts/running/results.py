"""From tasks to results in the order of sources: old or new, those of shares put together, told to `progress`.

Example: of 一.txt, known from before, and 二.txt, worked on by two workers, one result each.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import groupby
from typing import Final

from zhfacts.cache.known import Known
from zhfacts.engines import pool, serial
from zhfacts.errors import ZhfactsError
from zhfacts.flow import Settings
from zhfacts.metadata import described
from zhfacts.progress import Progress, Step, Tally
from zhfacts.records import Result
from zhfacts.running.plan import Plan, Survey, size_of
from zhfacts.running.tasks import Task, lost, weight, work
from zhfacts.shares import WHOLE, joined

OFTEN: Final = 1000
"""Records of one file after which progress is told."""
Found = tuple[Task, Iterator[Result]]


class Run:
    """One run over inputs that have been looked at; `results` gives all of them."""

    def __init__(self, found: Survey, settings: Settings, jobs: int, progress: Progress, past: Known) -> None:
        self._found, self._settings, self._jobs = found, settings, jobs
        self._progress, self._past = progress, past
        self._plan = Plan(found, settings, past, jobs)
        self._done = self._unchanged = self._size = self._old_size = 0
        self._begun = time.monotonic()
        self._old: set[int] = set()
        """Numbers of the files whose results come from the cache."""

    def results(self) -> Generator[Result, None, None]:
        """The results of all files in the order of their sources."""
        with closing(self._engine()) as found:
            for _, group in groupby(found, key=lambda each: each[0].number):
                yield from self._of_file(group)

    def _engine(self) -> Generator[Found, None, None]:
        do = partial(work, self._settings)
        if self._jobs == 1:
            return serial.run(lambda task: held if (held := self._held(task)) is not None else do(task), self._plan)
        return pool.run(do, self._plan, self._jobs, lost, here=self._held, weight=weight)

    def _held(self, task: Task) -> Iterable[Result] | None:
        """The results of a task that is no work for a worker, when its turn comes."""
        return self._seen_to(task) if task.is_held else None

    def _seen_to(self, task: Task) -> Iterator[Result]:
        if (row := self._plan.held.pop(task.number, None)) is not None:
            yield Result(row.source, None, rejects=(row,))
            return
        old = self._past.results((task.source, task.path, task.about))
        if old is None:  # standard input, or an entry that does not hold
            yield from self._anew(task)
        else:
            self._old.add(task.number)
            yield from old

    def _anew(self, task: Task) -> Iterator[Result]:
        plan = Plan(self._found, self._settings, self._past, 1)
        for each in plan.anew(task):
            yield from work(self._settings, each)

    def _of_file(self, group: Iterator[Found]) -> Iterator[Result]:
        """The results of one file, each as it comes."""
        first, outs = next(group)
        if first.is_held and not first.path.name:
            yield from outs  # a file that is left out
            return
        item, tally = (first.source, first.path, first.about), Tally()
        keeping = self._past.keeping(item)
        for result in self._whole(first, outs, group):
            if first.number not in self._old:
                keeping.add(result)
            tally.add(result)
            if tally.records % OFTEN == 0:
                self._tell(f"{first.source}: {tally} so far")
            yield described(result, first.about)
        old = first.number in self._old
        if not old:
            keeping.close()
        self._past.forget(item)
        self._count(first, old)
        self._tell(f"{first.source}: {tally}{' (unchanged)' if old else ''}")
        self._old.discard(first.number)

    @staticmethod
    def _whole(first: Task, outs: Iterator[Result], group: Iterator[Found]) -> Iterator[Result]:
        """The results of a file's tasks; those of shares are put together."""
        if first.share == WHOLE:
            yield from outs
            for _, more in group:
                yield from more
        else:
            yield joined([*outs, *(result for _, more in group for result in more)])

    def _count(self, task: Task, old: bool) -> None:
        size = size_of(task.path)
        self._done, self._unchanged = self._done + 1, self._unchanged + old
        self._size, self._old_size = self._size + size, self._old_size + size * old

    def _tell(self, text: str) -> None:
        if self._progress is not None:
            self._progress(Step(text, self._done, self._found.files, self._unchanged, self._left()))

    def _left(self) -> float | None:
        """About how many seconds the rest takes, by the bytes worked on so far; None before that can be said."""
        new, spent = self._size - self._old_size, time.monotonic() - self._begun
        return None if not new else spent * (self._found.size - self._size) / new


def read(results: Iterable[Result]) -> Iterator[Result]:
    """The results one by one; a fault of the system while they are made is none of the output folder."""
    try:
        yield from results
    except OSError as error:
        raise ZhfactsError(f"the documents cannot be worked on ({error}); try again with 1 job") from error
