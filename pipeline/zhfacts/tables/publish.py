"""The output folder: what a run leaves there appears all at once or not at all.

A run writes into out/.zhfacts-new-*, on the same filesystem whatever `out` is (a mount, a link). When all
is written and synced, one rename of that folder to out/.zhfacts-ready commits it; then its files are
renamed into place, run.json last. Killed before the commit, a run leaves the old files untouched; killed
after it, the next reader or run carries the renames out, and until then readers take each file from
.zhfacts-ready first. Renaming the whole of `out` instead would need one rename less, but fails where
`out` is a mount, leaves shells and notebooks in a removed folder, and handles files that are not ours:
here no foreign file is ever touched. One run at a time works in a folder (tables/lock.py). Whoever reads
the tables without zhfacts and just after such a kill sees the mix in run.json, whose SHA-256s are then
not those of the files.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from zhfacts.errors import InputError, OutputError
from zhfacts.tables.lock import alone
from zhfacts.tables.parts import table_digest
from zhfacts.tables.schema import SCHEMAS

if sys.platform != "win32":
    import fcntl

INFO: Final = "run.json"
PACKAGE: Final = "datapackage.json"
FILES: Final = (*(f"{table}.parquet" for table in SCHEMAS), PACKAGE, INFO)
"""Our names in the order in which they are put in place; a large table is a folder of parts."""
READY: Final = ".zhfacts-ready"
NEW: Final = ".zhfacts-new-"


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """An empty folder inside `out` to build in; what is left of it is removed at the end.

    Raises OutputError where `out` is a file, cannot be made or written, holds files of others under our
    names, or another run is at work in it. A folder made for a run that failed is removed again.
    """
    with ExitStack() as cleaning:
        with explained(out):
            if not out.exists():
                out.mkdir(parents=True)
                cleaning.callback(_remove_empty, out)
            cleaning.enter_context(alone(out))
            with _locked(out):  # or a reader could carry out the same renames
                _finish(out)
                _refuse_foreign(out)
                _sweep(out)
                build = Path(mkdtemp(prefix=NEW, dir=out))
                cleaning.callback(shutil.rmtree, build, ignore_errors=True)
                cleaning.enter_context(_locked(build))
        yield build


@contextmanager
def explained(out: Path) -> Iterator[None]:
    """Turn an OSError into an OutputError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTDIR}:
            raise OutputError(f"{out} cannot be a folder, for a file stands there; choose another --out") from error
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            message = f"no space left to write {out} ({error.strerror}); make room, what stood there is unchanged"
            raise OutputError(message) from error
        why = error.strerror or error
        raise OutputError(f"cannot write in {out}: {why}; change its rights or choose another --out") from error


def _remove_empty(out: Path) -> None:
    """Remove a folder made for a run that has put nothing into it."""
    with suppress(OSError):  # not empty: the run went well
        out.rmdir()


def commit(build: Path, out: Path, names: Sequence[str] = FILES) -> None:
    """Put the files of a finished build in place of the old ones, or leave those whole.

    `names` are those that are there: all, or the two JSON files where the tables are to stay.
    """
    with explained(out):
        for name in names:
            for part in (build / name).glob("*"):
                sync(part)
            sync(build / name)
        build.chmod(0o755)  # mkdtemp makes it private; a reader may need it while it stands
        sync(build)
        with _locked(out):
            _finish(out)
            _move(build, out / READY)
            sync(out)
            _finish(out)
        with suppress(OSError):  # a folder above that we may not even read
            sync(out.absolute().parent)


def recover(out: Path) -> None:
    """Carry out what a run that was killed after its commit has left undone."""
    if (out / READY).is_dir():
        with _locked(out):
            _finish(out)


def _finish(out: Path) -> None:
    """Rename the committed files into place, run.json last; every step may be done again."""
    ready = out / READY
    if not ready.is_dir():
        return
    for name in FILES:
        if (ready / name).exists():
            if (ready / name).is_dir() or (out / name).is_dir():  # no rename puts a folder in place of anything
                _remove(out / name)
            _move(ready / name, out / name)
    sync(out)
    ready.rmdir()


def _remove(old: Path) -> None:
    """Remove a file or a folder of parts; readers take what is committed from the ready folder by now."""
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)


def _move(old: Path, new: Path) -> None:
    """One atomic rename (tests kill the run before the n-th)."""
    old.replace(new)


def sync(path: Path) -> None:
    """Have the system write a file or a folder's entries to the disk."""
    if sys.platform == "win32" and path.is_dir():
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_file(out: Path, name: str) -> Path:
    """Where the current version of one of our files is to be read."""
    ready = out / READY / name
    return ready if ready.exists() else out / name


def refuse_own(path: Path, out: Path) -> None:
    """InputError for a file in `out` that is, or stands in the place of, something of ours."""
    path, out = path.resolve(), out.resolve()
    name = path.relative_to(out).parts[0] if path.is_relative_to(out) and path != out else ""
    if name in FILES or name.startswith(".zhfacts"):
        raise InputError(f"{path} belongs to the tables of the run; choose a file elsewhere")


def intact(out: Path, info: Mapping[str, Any]) -> bool:
    """Whether the tables in `out` are still those that run.json describes, byte for byte."""
    try:
        for table in SCHEMAS:
            if table_digest(open_file(out, f"{table}.parquet")) != info["tables"][table]["sha256"]:
                return False
    except (OSError, KeyError, TypeError):
        return False
    return True


def _read(out: Path, name: str) -> bytes:
    """The current version of one of our files, though another process may put it in place at this moment."""
    try:
        return open_file(out, name).read_bytes()
    except FileNotFoundError:
        return (out / name).read_bytes()


def read_info(out: Path) -> dict[str, Any]:
    """Contents of run.json; OutputError where there is none of ours."""
    if not out.is_dir():
        raise OutputError(f"{out} is not a folder; give the --out of an earlier `zhfacts extract`")
    with suppress(OSError):  # a folder we may only read is read as it stands
        recover(out)
    try:
        info = json.loads(_read(out, INFO))
    except FileNotFoundError:
        raise OutputError(f"{out} holds no {INFO}; run `zhfacts extract INPUT --out {out}` first") from None
    except OSError as error:
        raise OutputError(f"cannot read {out / INFO}: {error.strerror}; change its rights") from error
    except ValueError as error:
        raise OutputError(f"{out / INFO} is damaged ({error}); remove it and run again") from error
    if not isinstance(info, dict) or info.get("tool") != "zhfacts":
        raise OutputError(f"{out / INFO} was not written by zhfacts; choose another --out")
    return info


def _refuse_foreign(out: Path) -> None:
    """Refuse a folder whose files of our names were not written by us."""
    taken = [name for name in FILES if os.path.lexists(out / name)]
    for name in taken:
        if (out / name).is_dir() and not _is_ours(out / name):
            raise OutputError(f"{out / name} is a folder in the place of a table; move it or choose another --out")
    if not taken:
        return
    if INFO not in taken:
        raise OutputError(f"{out / taken[0]} is not of a run of zhfacts; move it or choose another --out")
    read_info(out)


def _is_ours(folder: Path) -> bool:
    """Whether a folder in the place of a table holds parts and nothing else."""
    names = sorted(path.name for path in folder.iterdir())
    return bool(names) and names == [f"part-{number:05}.parquet" for number in range(len(names))]


def _sweep(out: Path) -> None:
    """Remove the unfinished folders of runs that were killed; one that is at work holds a lock."""
    if sys.platform == "win32":
        return
    for left in out.glob(f"{NEW}*"):
        with suppress(OSError), _locked(left, wait=False):
            shutil.rmtree(left)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock on a folder, which ends with the process however it ends."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if wait:
            with suppress(OSError):  # some network filesystems have no locks: one run at a time is safe there
                fcntl.flock(handle, fcntl.LOCK_EX)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
