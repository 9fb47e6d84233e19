"""What a program or a notebook calls: extract a string, run over files, load what a run wrote.

Example: `extract("2023年出口额增长8.7%。")[1].value` is 8.7.
What is heavy is imported on use: `extract` needs no pandas and no pyarrow, `load` no spaCy.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property, partial
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhfacts import __version__, knowledge
from zhfacts.documents import FACT_ROLES, ROLES
from zhfacts.engines import pool, serial
from zhfacts.errors import InputError, ZhfactsError
from zhfacts.guard import CPU_LIMIT, MAX_CHARACTERS, MAX_NUMBERS, MEMORY_LIMIT
from zhfacts.link.words import DEFAULT, known
from zhfacts.progress import Progress, Step, nothing_to_do, told
from zhfacts.records import Fact, Reject, Result

if TYPE_CHECKING:
    import pandas as pd

    from zhfacts.cache.known import Known
    from zhfacts.flow import Settings
    from zhfacts.metadata import About

Folder = str | os.PathLike[str]
Inputs = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Item = tuple[str, Path, "About"]
"""A document's source, its file, and what a metadata.csv says of it."""


@dataclass(frozen=True)
class Run:
    """What a run published: six pandas DataFrames, each read from `out` when first asked for.

    Dates are datetime64, whole numbers that may be missing Int32 or Int64, `exact` holds Decimals, columns
    of fixed words are categories. Raises OutputError where a table is not the one that `info` describes.
    """

    out: Path
    info: dict[str, Any] = field(repr=False)
    """Contents of run.json."""

    @cached_property
    def facts(self) -> pd.DataFrame:
        """One row for each numeric claim, by source and position."""
        return self._frame("facts")

    @cached_property
    def entities(self) -> pd.DataFrame:
        """One row for each entity, by entity_id."""
        return self._frame("entities")

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """One row for each place where an entity is named."""
        return self._frame("mentions")

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row for each content that was read."""
        return self._frame("documents")

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row for each line of every document."""
        return self._frame("lines")

    @cached_property
    def rejects(self) -> pd.DataFrame:
        """One row for everything that was not accepted."""
        return self._frame("rejects")

    @property
    def exit_code(self) -> int:
        """1 where a whole file was rejected (but for duplicates and other file types), else 0."""
        return 1 if self.info["counts"]["rejected_files"] else 0

    def _frame(self, name: str) -> pd.DataFrame:
        from zhfacts.tables.frames import frame

        return frame(self.out, name, self.info)


def extract(
    text: str, published: date | None = None, *, rules: Folder | None = None, segmenter: str = DEFAULT
) -> list[Fact]:
    """Facts of a text in order of position.

    `published` is the day against which 今年 or 去年 is resolved, `rules` a folder of your own rows to lay over
    ours, `segmenter` what cuts clauses into words: "lexicon" and "pkuseg" (ours), "pkuseg:NAME_OR_PATH", "jieba"
    or "char".
    Spans count characters of `text`, bytes its UTF-8 form. Raises InputError for a text with lone surrogates and
    for a segmenter that is unknown or not installed, RuleError for a broken rule.
    """
    from zhfacts import flow

    return list(flow.extract_text(text, replace(_settings(published, rules), segmenter=known(segmenter))).facts)


def run(  # noqa: PLR0913  # the contract's five, and the others by name only
    inputs: Inputs,
    out: str | os.PathLike[str],
    jobs: int = 1,
    published: date | None = None,
    progress: Progress = None,
    *,
    rules: Folder | None = None,
    text_column: str = "text",
    id_column: str | None = None,
    roles: Sequence[str] = (),
    cpu_limit: float = CPU_LIMIT,
    segmenter: str = DEFAULT,
    max_characters: int = MAX_CHARACTERS,
    max_numbers: int = MAX_NUMBERS,
    memory_limit: int = MEMORY_LIMIT,
    force: bool = False,
) -> Run:
    """Extract files and folders into the six tables and run.json in the folder `out`; return them.

    `jobs` processes share the documents, to the same rows. `progress` is called with one line for each
    document. What `out` held of an earlier run is replaced at once at the end, or stays whole. `rules` is
    a folder of your own rows to lay over ours. `text_column` and `id_column` say where text and id stand in
    .jsonl and .parquet; the input "-" is standard input. `roles` names lines that are to give facts besides body,
    heading and caption (advert, table; lines.parquet has each line's role). A document that takes `cpu_limit`
    seconds of processor time for each million characters begun is given up (0: never), and
    `info["reproducible"]` is then false; so is one that needs more than `memory_limit` MiB, or holds more than
    `max_characters` or `max_numbers` (0: any). `segmenter` is as in `extract`. A document that an earlier run
    into `out`, even one that was killed, has worked on under the same version, rules and settings is taken from
    the cache there, unless `force`. Raises InputError for a missing input, a metadata.csv that cannot be understood
    or a segmenter that is unknown or not installed, RuleError for a broken rule, OutputError for an unusable `out`
    or one in which another run is at work, ZhfactsError where no worker process can begin.
    """
    from zhfacts.cache import keys
    from zhfacts.cache.known import Known
    from zhfacts.tables import publish, write

    if jobs < 1:
        raise InputError(f"jobs is {jobs}; give a whole number from 1")
    settings = _settings(published, rules, text_column, id_column)
    settings = replace(
        settings, roles=_roles(roles), cpu_limit=cpu_limit, segmenter=known(segmenter),
        max_characters=max_characters, max_numbers=max_numbers, memory_limit=memory_limit,
    )  # fmt: skip
    info = _info(settings, write.now())
    items, rejects = _items(_paths(inputs))
    folder = Path(out)
    with publish.staging(folder) as build:
        past = Known(folder, keys.base(info["digests"], info["settings"]), items, rejects, force=force)
        if old := past.unchanged():
            nothing_to_do(progress, len(items))
            with publish.explained(folder):
                write.again(old, build, info, folder)
            publish.commit(build, folder, (publish.PACKAGE, publish.INFO))
        else:
            left_out = [(reject.source, (Result(reject.source, None, rejects=(reject,)),)) for reject in rejects]
            with closing(_results(partial(_extract, settings), items, jobs, progress, past)) as found:
                merged = heapq.merge(left_out, found, key=itemgetter(0))  # rows lie in the order of sources
                with publish.explained(folder):
                    write.write(_read(merged), build, info)
            publish.commit(build, folder)
        past.seal()
    return load(folder)


def load(out: str | os.PathLike[str]) -> Run:
    """The tables of an earlier run, unread so far; OutputError where `out` holds none."""
    from zhfacts.tables import publish

    return Run(Path(out), publish.read_info(Path(out)))


def _extract(settings: Settings, item: Item) -> tuple[Result, ...]:
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


def _lost(item: Item, how: str) -> tuple[Result, ...]:
    """What stands in for the results of a file over which a worker process has died."""
    from zhfacts import flow

    return (flow.died(item[0], how),)


def _results(
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
    with closing(pool.run(work, new, jobs, _lost) if many else serial.run(work, new)) as found:
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


def _read(found: Iterable[tuple[str, tuple[Result, ...]]]) -> Iterator[Result]:
    """The results one by one; a fault of the system while they are made is none of the output folder."""
    try:
        for _, results in found:
            yield from results
    except OSError as error:
        raise ZhfactsError(f"the documents cannot be worked on ({error}); try again with 1 job") from error


def _settings(
    published: date | None, rules: Folder | None, text_column: str = "text", id_column: str | None = None
) -> Settings:
    """What a run is told; an overlay is read and built at once, so that its faults show before any work."""
    from zhfacts import flow

    overlay = None if rules is None else knowledge.overlay(rules)
    if overlay:
        with knowledge.using(overlay):
            for builder in knowledge.builders():
                builder()
    day = published.date() if isinstance(published, datetime) else published
    return flow.Settings(day, overlay, text_column, id_column)


def _roles(more: Sequence[str]) -> frozenset[str]:
    """The roles whose lines give facts: those that always do, and `more`."""
    for role in more:
        if role not in ROLES:
            raise InputError(f"no role {role!r}; roles are {', '.join(ROLES)}")
    return FACT_ROLES | set(more)


def _items(inputs: list[Path]) -> tuple[list[Item], list[Reject]]:
    """The documents under the inputs, each with what a metadata.csv says of it, and what was left out."""
    from zhfacts import metadata, read

    items, rejects = read.find(inputs)
    abouts, missing = metadata.describe(inputs, items)
    left_out = sorted([*rejects, *missing], key=attrgetter("source"))
    return [(*item, about) for item, about in zip(items, abouts, strict=True)], left_out


def _info(settings: Settings, started: str) -> dict[str, Any]:
    """The part of run.json that is known before the run."""
    from zhfacts.link import tags

    return {
        "version": __version__,
        "digests": {
            "rules": knowledge.digest(),
            "overlay": settings.overlay.digest if settings.overlay else None,
            "model": _model_digest(settings.segmenter),
            "tagger": tags.digest(),
        },
        "settings": {each.name: _plain(getattr(settings, each.name)) for each in fields(settings)},
        "started": started,
    }


def _model_digest(name: str) -> str | None:
    """SHA-256 of the segmenter's files; ours is not loaded for it, as an unchanged run has no need of it."""
    from zhfacts.link import words

    return words.digest() if name == DEFAULT else words.segmenter(name).digest or None


def _plain(setting: object) -> object:
    """A setting as JSON can hold it, the same on every run."""
    if isinstance(setting, date):
        return setting.isoformat()
    if isinstance(setting, knowledge.Overlay):
        return setting.root.as_posix()
    return sorted(setting) if isinstance(setting, frozenset) else setting


def _paths(inputs: Inputs) -> list[Path]:
    """Inputs as paths; one alone may stand without a list."""
    return [Path(inputs)] if isinstance(inputs, str | os.PathLike) else [Path(each) for each in inputs]
