"""How text goes to the screen: results, notes, lines of documents with a number marked.

Example: `marked("增长8.7%。", 2, 6)` is 增长»8.7%«。, and what a document holds never steers the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from shutil import get_terminal_size
from typing import Final

from rich.console import Console
from rich.text import Text

from zhfacts.plain import visible

CONTEXT: Final = 60
"""Characters of a long line shown on either side of the number."""
WIDEST: Final = 160
"""Characters of a line of a table, however narrow the screen."""
MARKS: Final = ("»", "«")


__all__ = ["closed", "err", "marked", "notes", "out", "raw", "set_quiet", "table", "visible"]
_level: Final = {"quiet": False}


def set_quiet(wanted: bool) -> None:
    """Whether progress, notes and summaries are left out from now on."""
    _level["quiet"] = wanted


def marked(line: str, start: int, end: int) -> Text:
    """A source line with the characters from start to end between » and «, long ones cut around them."""
    first = max(0, start - CONTEXT) if start > CONTEXT + 1 else 0
    last = min(len(line), end + CONTEXT) if len(line) > end + CONTEXT + 1 else len(line)
    text = Text("…" if first else "")
    text.append(visible(line[first:start]))
    text.append(f"{MARKS[0]}{visible(line[start:end])}{MARKS[1]}", style="bold")
    text.append(visible(line[end:last]))
    return text.append("…" if last < len(line) else "")


def out() -> Console:
    """Where results go: standard output, without colours unless it is a terminal."""
    # a table is never squashed into a narrow screen: half a fact_id is of no use
    width = max(get_terminal_size().columns, WIDEST)
    return Console(highlight=False, soft_wrap=True, emoji=False, markup=False, width=width)


def err() -> Console:
    """Where progress and complaints go: standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False, quiet=_level["quiet"])


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], screen: Console, figures: Collection[int] | None = None
) -> None:
    """Print a table; columns of figures, by default all but the first, are flush right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, name in enumerate(header):
        drawn.add_column(
            visible(name), justify="right" if (number in figures if figures is not None else number) else "left"
        )
    for row in rows:
        drawn.add_row(*(visible(str(cell)) for cell in row))
    screen.print(drawn)


def notes() -> Console:
    """Where a summary goes that --quiet leaves out: standard output."""
    screen = out()
    screen.quiet = _level["quiet"]
    return screen


def raw(text: str) -> None:
    """Lines for a program, as they are; on a terminal made harmless like everything else."""
    if sys.stdout.isatty():
        text = "".join(f"{visible(line)}\n" for line in text.removesuffix("\n").split("\n"))
    sys.stdout.write(text)


def closed() -> None:
    """Stop writing to a pipe whose reader has gone, so that the interpreter's last flush stays silent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
