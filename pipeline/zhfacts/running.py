"""A run's documents worked on one by one, by this process or several, new or taken from the cache.

Example: `results_of(work, items, 2, None, past)` gives (source, results) in the order of items.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from zhfacts.engines import pool, serial
from zhfacts.errors import ZhfactsError
from zhfacts.progress import Progress, Step, told
from zhfacts.records import Reject, Result

if TYPE_CHECKING:
    from zhfacts.cache.known import Known
    from zhfacts.flow import Settings
    from zhfacts.metadata import About

Item = tuple[str, Path, "About"]
"""A document's source, its file, and what a metadata.csv says of it."""


def items_of(inputs: list[Path]) -> tuple[list[Item], list[Reject]]:
    """The documents under the inputs, each with what a metadata.csv says of it, and what was left out."""
    from zhfacts import metadata, read

    items, rejects = read.find(inputs)
    abouts, missing = metadata.describe(inputs, items)
    left_out = sorted([*rejects, *missing], key=attrgetter("source"))
    return [(*item, about) for item, about in zip(items, abouts, strict=True)], left_out


def extract(settings: Settings, item: Item) -> tuple[Result, ...]:
    """The results of one file; a fault of our own becomes a row too, so that the other documents go on."""
    from zhfacts import flow, read

    source, path, about = item
    told = replace(settings, published=settings.published or about.published)
    try:
        many = read.has_records(path)
        found = flow.extract_records(source, path, told) if many else [flow.extract_file(source, path, told)]
        return tuple(found)
    except ZhfactsError:
        raise  # a broken rule concerns all documents
    except Exception as error:
        return (flow.failed(source, error),)


def lost(item: Item, how: str) -> tuple[Result, ...]:
    """What stands in for the results of a file over which a worker process has died."""
    from zhfacts import flow

    return (flow.died(item[0], how),)


def results_of(
    work: Callable[[Item], tuple[Result, ...]],
    items: list[Item],
    jobs: int,
    progress: Progress,
    past: Known,
) -> Generator[tuple[str, tuple[Result, ...]], None, None]:
    """Source and results of all items in their order, old or new, told to `progress` when they are there.

    Standard input is read here: workers have none.
    """
    from zhfacts.metadata import described
    from zhfacts.read import STDIN

    new = [item for item in items if item[1] != STDIN and not past.has(item)]
    many = jobs > 1 and len(new) > 1
    with closing(pool.run(work, new, jobs, lost) if many else serial.run(work, new)) as found:
        waiting, unchanged = {item[0] for item in new}, 0
        for done, item in enumerate(items, 1):
            old = None if item[0] in waiting else past.results(item)
            results = old if old is not None else next(found) if item[0] in waiting else work(item)
            if old is None:
                past.keep(item, results)
            unchanged += old is not None
            if progress is not None:
                note = "" if old is None else " (unchanged)"
                progress(Step(f"{item[0]}: {told(results)}{note}", done, len(items), unchanged))
            yield item[0], tuple(described(result, item[2]) for result in results)


def results(found: Iterable[tuple[str, tuple[Result, ...]]]) -> Iterator[Result]:
    """The results one by one; a fault of the system while they are made is none of the output folder."""
    try:
        for _, results in found:
            yield from results
    except OSError as error:
        raise ZhfactsError(f"the documents cannot be worked on ({error}); try again with 1 job") from error
