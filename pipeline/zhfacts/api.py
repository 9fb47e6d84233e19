"""What a program or a notebook calls: extract a string, run over files, load what a run wrote.

Example: `extract("2023年出口额增长8.7%。")[1].value` is 8.7.
What is heavy is imported on use: `extract` needs no pandas and no pyarrow, `load` no spaCy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhfacts import __version__, settings
from zhfacts.engines.jobs import jobs_for
from zhfacts.errors import InputError
from zhfacts.guard import CPU_LIMIT, MAX_CHARACTERS, MAX_NUMBERS, MEMORY_LIMIT
from zhfacts.link.words import DEFAULT, known
from zhfacts.progress import Progress, nothing_to_do
from zhfacts.records import Fact
from zhfacts.runs import Run
from zhfacts.settings import Folder

if TYPE_CHECKING:
    from zhfacts.flow import Settings

Inputs = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


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

    told = replace(settings.settings_of(published, rules), segmenter=known(segmenter))
    return list(flow.extract_text(text, told).facts)


def run(  # noqa: PLR0913  # the contract's five, and the others by name only
    inputs: Inputs,
    out: str | os.PathLike[str],
    jobs: int | None = 1,
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
    engine: str = "local",
    address: str | None = None,
) -> Run:
    """Extract files and folders into the six tables and run.json in the folder `out`; return them.

    `jobs` processes share the documents, to the same rows; None: as many as the machine and the inputs are good for.
    `progress` is called with one line for each
    document. What `out` held of an earlier run is replaced at once at the end, or stays whole. `rules` is
    a folder of your own rows to lay over ours. `text_column` and `id_column` say where text and id stand in
    .jsonl and .parquet; the input "-" is standard input. `roles` names lines that are to give facts besides body,
    heading and caption (advert, table; lines.parquet has each line's role). A document that takes `cpu_limit`
    seconds of processor time for each million characters begun is given up (0: never), and
    `info["reproducible"]` is then false; so is one that needs more than `memory_limit` MiB, or holds more than
    `max_characters` or `max_numbers` (0: any). `segmenter` is as in `extract`. A document that an earlier run
    into `out`, even one that was killed, has worked on under the same version, rules and settings is taken from
    the cache there, unless `force`. `engine` is "local" or "ray": a cluster at `address` (None: one started on this
    machine), which reads and writes paths that all its machines see, or URLs of any file system that fsspec knows
    (docs/scale.md); it has no cache, and gives the same rows.

    Raises InputError for a missing input, a metadata.csv that cannot be understood
    or a segmenter that is unknown or not installed, RuleError for a broken rule, OutputError for an unusable `out`
    or one in which another run is at work, ZhfactsError where no worker process can begin.
    """
    from zhfacts.cache import keys
    from zhfacts.cache.known import Known
    from zhfacts.running import results
    from zhfacts.running.plan import survey
    from zhfacts.tables import publish, write

    if jobs is not None and jobs < 1:
        raise InputError(f"jobs is {jobs}; give a whole number from 1")
    told = settings.settings_of(published, rules, text_column, id_column)
    told = replace(
        told, roles=settings.roles_of(roles), cpu_limit=cpu_limit, segmenter=known(segmenter),
        max_characters=max_characters, max_numbers=max_numbers, memory_limit=memory_limit,
    )  # fmt: skip
    info = {"version": __version__, **settings.info_of(told), "started": write.now()}
    if engine != "local":
        return _on_cluster(inputs, out, told, info, jobs, progress, engine, address)
    found = survey(_paths(inputs))
    folder = Path(out)
    with publish.staging(folder) as build:
        past = Known(folder, keys.base(info["digests"], info["settings"]), force=force)
        if old := past.unchanged(found.items()):
            nothing_to_do(progress, found.files)
            with publish.explained(folder):
                write.again(old, build, info, folder)
            publish.commit(build, folder, (publish.PACKAGE, publish.INFO))
        else:
            work = results.Run(found, told, jobs_for(found.files, found.size, jobs), progress, past)
            with closing(work.results()) as made, publish.explained(folder):
                write.write(results.read(made), build, info)
            publish.commit(build, folder)
        past.seal()
    return load(folder)


def _on_cluster(  # noqa: PLR0913, PLR0917  # what run was told
    inputs: Inputs, out: Folder, told: Settings, info: dict[str, Any], jobs: int | None, progress: Progress,
    engine: str, address: str | None,
) -> Run:  # fmt: skip
    """A run by a cluster; of tables at a URL the counts alone are at hand."""
    from zhfacts.running import cluster, storage

    if engine != "ray":
        raise InputError(f"no engine {engine!r}; engines are local and ray")
    given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    done = cluster.run([os.fspath(each) for each in given], os.fspath(out), told, info, jobs, address, progress)
    return Run(Path(out), done, os.fspath(out)) if storage.is_remote(os.fspath(out)) else load(out)


def load(out: str | os.PathLike[str]) -> Run:
    """The tables of an earlier run, unread so far; OutputError where `out` holds none."""
    from zhfacts.tables import publish

    return Run(Path(out), publish.read_info(Path(out)))


def _paths(inputs: Inputs) -> list[Path]:
    """Inputs as paths; one alone may stand without a list."""
    return [Path(inputs)] if isinstance(inputs, str | os.PathLike) else [Path(each) for each in inputs]
