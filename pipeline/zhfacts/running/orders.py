"""What the process of a cluster's worker is given: to say what documents a file has, or to extract them.

Example: ("identify", task) gives the content and the source of each of its documents, ("extract", task) results.
It stands apart from the rest of the worker, so that its process needs no Arrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zhfacts.running import tasks

if TYPE_CHECKING:
    from zhfacts.flow import Settings
    from zhfacts.running.tasks import Task


def do(settings: Settings, order: tuple[str, Task]) -> Iterator[Any]:
    """The work of a worker's own process: results, or what documents are."""
    what, task = order
    if what == "identify":
        yield list(_identified(settings, task))
    else:
        yield from tasks.work(settings, task)


def _identified(settings: Settings, task: Task) -> Iterator[tuple[str, str]]:
    """The documents in a file, those left out that will be given up for their length."""
    from zhfacts.read import Columns, has_records, read, read_records

    if has_records(task.path):
        columns = Columns(settings.text_column, settings.id_column)
        found = ((name, document) for name, (document, _) in read_records(task.source, task.path, columns))
    else:
        found = ((source, read(source, task.path)[0]) for source in (task.source,))
    for source, document in found:
        if document and not 0 < settings.max_characters < document.characters:
            yield document.doc_id, source


def lost(order: tuple[str, Task], done: int, how: str) -> tuple[tuple[Any, ...], tuple[str, Task] | None]:
    """What stands in for what was lost when the process died, and what is left of its order."""
    what, task = order
    if what == "identify":  # it is met again, and is a reject then
        return ((),), None
    found, rest = tasks.lost(task, done, how)
    return found, (what, rest) if rest else None
