"""What a worker is given: a file, a share of a large one, or some records of a file of records.

Example: a folder of 远岚.txt and 新闻.jsonl gives one task for the first and, of the second, one for each 64 records
or so. Tasks are data, small and picklable; results are those of flow, one for each document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zhfacts.errors import ZhfactsError
from zhfacts.records import Result
from zhfacts.shares import WHOLE, Share

if TYPE_CHECKING:
    from zhfacts.flow import Settings
    from zhfacts.metadata import About
    from zhfacts.read import Raw


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work; `number` is that of its file within the run, `weight` about how many bytes it is."""

    number: int
    source: str
    path: Path
    about: About
    weight: int = 0
    share: Share = WHOLE
    records: tuple[tuple[str, Raw], ...] | None = None
    """Sources and texts of records; None where the file itself is to be read."""
    is_held: bool = False
    """Whether the process that made it sees to it: a file that it knows already, or one that it leaves out."""


def work(settings: Settings, task: Task) -> Iterator[Result]:
    """The results of a task; a fault of our own becomes a row too, so that other documents go on."""
    from zhfacts import flow

    told = replace(settings, published=settings.published or task.about.published)
    if task.records is not None:
        for source, raw in task.records:
            yield flow.extract_record(source, raw, told)
        return
    try:
        if task.share == WHOLE:
            yield flow.extract_file(task.source, task.path, told)
        else:
            yield flow.extract_share(task.source, task.path, told, task.share)
    except ZhfactsError:
        raise  # a broken rule concerns all documents
    except Exception as error:
        yield flow.failed(task.source, error)


def lost(task: Task, done: int, how: str) -> tuple[tuple[Result, ...], Task | None]:
    """What stands in for the document over which a worker has died, and the records that come behind it."""
    from zhfacts import flow

    if task.records is None:
        return ((flow.died(task.source, how),) if not done else ()), None
    rest = replace(task, records=task.records[done + 1 :]) if task.records[done + 1 :] else None
    return tuple(flow.died(source, how) for source, _ in task.records[done : done + 1]), rest


def weight(task: Task) -> int:
    """About how much work a task is."""
    return task.weight
