"""What a metadata.csv says of the documents beside and below it: title, publisher, day of publication.

Example: the row `一月/新闻.txt,远岚扩产,松山日报,2024-03-12`. A cell left empty says nothing; of two files the
nearer to the document wins. A file that cannot be understood stops the run before its first document, for to
go on would resolve 去年 against another day than the user gave; a row for a missing file harms nothing and
becomes a reject.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from zhfacts.documents import METADATA, STDIN
from zhfacts.errors import InputError
from zhfacts.records import Reject, Result
from zhfacts.sheets import records


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a document from outside; None where nothing was said."""

    title: str | None = None
    publisher: str | None = None
    published: date | None = None


COLUMNS = ("source", *(field.name for field in fields(About)))
_Rows = dict[str, tuple[int, About]]


class Abouts:
    """What the metadata.csv files beside and above documents say; each is read when its first document is met."""

    def __init__(self, inputs: Sequence[Path]) -> None:
        self._roots = [path for path in inputs if path.is_dir()]
        self._read: dict[Path, tuple[str, _Rows]] = {}

    def of(self, source: str, path: Path) -> About:
        """What is said of a document; InputError, with file, line and mend, where that cannot be understood."""
        about = About()
        for folder in _folders(path, self._roots) if path != Path(STDIN) else ():
            if folder not in self._read:
                rows = _read(folder)
                self._read[folder] = (_beside(source, path, folder) if rows else "", rows)
            rows = self._read[folder][1]
            if rows:
                about = _over(about, rows.get(_key(path.relative_to(folder)), (0, About()))[1])
        return about

    def missing(self) -> list[Reject]:
        """A reject for each row of a file that is not there, of all metadata.csv read so far."""
        found = (_missing(folder, source, rows) for folder, (source, rows) in sorted(self._read.items()))
        return [reject for rejects in found for reject in rejects]


def describe(inputs: Sequence[Path], items: Sequence[tuple[str, Path]]) -> tuple[list[About], list[Reject]]:
    """What is said of each (source, path) that lies under the inputs, and a reject for each row of a missing file.

    Raises InputError, with file, line and mend, for a metadata.csv that cannot be understood.
    """
    abouts = Abouts(inputs)
    found = [abouts.of(source, path) for source, path in items]
    return found, abouts.missing()


def described(result: Result, about: About) -> Result:
    """The result with title and publisher as said of its document, where they were."""
    if result.document is None:
        return result
    title, publisher = about.title or result.document.title, about.publisher or result.document.publisher
    return replace(result, document=replace(result.document, title=title, publisher=publisher))


def _folders(path: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """Folders whose metadata.csv speaks of a document, nearest first: up to the input it was found under."""
    folder = path.parent
    yield folder
    while any(folder != root and folder.is_relative_to(root) for root in roots):
        folder = folder.parent
        yield folder


def _beside(source: str, path: Path, folder: Path) -> str:
    """The source of a folder's metadata.csv, from that of a document in it or below."""
    above = source.split("/")[: -len(path.relative_to(folder).parts)]
    return "/".join([*above, METADATA])


def _over(near: About, far: About) -> About:
    """What the nearer file says, and the farther one where that says nothing."""
    said = {field.name: getattr(near, field.name) for field in fields(About)}
    return replace(far, **{name: value for name, value in said.items() if value is not None})


def _key(path: Path | PurePosixPath) -> str:
    """A path as rows are looked up; file systems differ in how they compose characters."""
    return normalize("NFC", path.as_posix())


def _read(folder: Path) -> _Rows:
    """The rows of a folder's metadata.csv by source, each with its line; none where there is no such file."""
    path = folder / METADATA
    try:
        if not path.is_file():
            return {}
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); change its rights or move it away") from error
    rows = records(path, text)
    header = next(rows, (1, []))
    _check_header(path, *header)
    found: _Rows = {}
    for line, cells in rows:
        source, about = _row(f"{path}:{line}", header[1], cells)
        if source in found:
            raise InputError(f"{path}:{line}: {source!r} stands on line {found[source][0]} too; keep one of the two")
        found[source] = (line, about)
    return found


def _check_header(path: Path, line: int, header: list[str]) -> None:
    """InputError unless the first record names columns that are known, each once, source among them."""
    known = ",".join(COLUMNS)
    for name in header:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f"known columns: {known}"
            raise InputError(f"{path}:{line}: unknown column {name!r}; {mend}")
        if header.count(name) > 1:
            raise InputError(f"{path}:{line}: column {name!r} stands twice; keep one of the two")
    if "source" not in header:
        raise InputError(f"{path}:{line}: no column 'source'; begin the file with the line {known}")


def _row(where: str, header: list[str], cells: list[str]) -> tuple[str, About]:
    """Source and contents of one row."""
    if len(cells) != len(header):
        raise InputError(f'{where}: {len(cells)} cells for {len(header)} columns; put a cell with a comma in "…"')
    said = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    named = said.pop("source", "")
    source = PurePosixPath(named)
    if not source.parts or source.is_absolute() or ".." in source.parts:
        raise InputError(f"{where}: source {named!r} names no file in this folder or below; write it as seen from here")
    try:
        published = date.fromisoformat(said.pop("published")) if "published" in said else None
    except ValueError as error:
        raise InputError(f"{where}: published is no day ({error}); write it like 2024-03-12 or not at all") from error
    return _key(source), About(**said, published=published)


def _missing(folder: Path, source: str, rows: _Rows) -> Iterator[Reject]:
    """A reject for each row whose file is not there, whether or not this run was to read it."""
    for name, (line, _) in sorted(rows.items(), key=lambda item: item[1][0]):
        if not _is_file(folder, name):
            detail = f"No file {name} in {folder}. Mend `source` in line {line} of {METADATA}, or remove the row."
            yield Reject(source, None, "metadata", line, name, "no_such_document", detail)


def _is_file(folder: Path, name: str) -> bool:
    """Whether there is a file of that name, however its characters are composed."""
    for form in (name, normalize("NFD", name)):
        try:
            if (folder / form).is_file():
                return True
        except (OSError, ValueError):  # a name that no file can have
            continue
    return False
