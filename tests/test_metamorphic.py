"""The same facts however the text lies on the page: wrapped, spaced, encoded or written in another script."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import regex

import zhfacts
from zhfacts import flow
from zhfacts.documents import Block, Document
from zhfacts.layout.blocks import lay_out
from zhfacts.read import from_text
from zhfacts.records import Fact

ROOT = Path(__file__).parent.parent
OUTSIDE = ROOT.parent / "shared" / "seeds"
"""Real documents, kept outside the repository; without them only our own are measured."""
GROUPS = {"real": sorted(OUTSIDE.glob("*.txt")), "ours": sorted((ROOT / "seeds").glob("*.txt"))}
WIDTHS = range(15, 61, 5)
LINE_WIDTHS = range(30, 61, 5)
"""Cuts through lines as they lie; narrower ones make 15 + 3, 15 + 3 of the columns of a page, as no page does."""
REWRAPPED = 0.99
LINES = 0.95
"""Floor of today for lines cut as they lie, from the worst width (docs/quality.md has the figures)."""
SHOWN = 40
"""Differing rows that a failure shows."""
GAP = " "
BETWEEN = regex.compile(r"(?<=\d)(?=\p{Han})|(?<=\p{Han})(?=\d)")
BLANKS = regex.compile(r"(?<=\d)[ ]+(?=\p{Han})|(?<=\p{Han})[ ]+(?=\d)")
NUMERAL = regex.compile(r"\d+(?:\.\d+)?%?")
WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")

Row = tuple[Any, ...]
Change = Callable[[str], str]
Wrap = Callable[[str, int], str]

group = pytest.mark.parametrize("name", GROUPS)


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


@cache
def facts_of(text: str) -> tuple[Fact, ...]:
    return tuple(flow.extract_text(text, flow.Settings()).facts)


def words(text: str | None) -> str | None:
    """Words of the document without what the change did to them: spaces and full-width forms."""
    return text and "".join(unicodedata.normalize("NFKC", text).split())


def row(fact: Fact) -> Row:
    """All that a fact says, its place left out."""
    numbers = (fact.kind, fact.value, fact.low, fact.high, fact.unit, fact.bound, fact.change)
    said = (words(fact.subject), words(fact.attribute), words(fact.basis))
    return (*numbers, fact.comparison, *said, fact.period_start, fact.period_end)


def paths(name: str) -> list[Path]:
    if not GROUPS[name]:
        pytest.skip(f"the real documents are not on this machine ({OUTSIDE})")
    return GROUPS[name]


class Measured:
    """Facts that are the same before and after, as a share of the greater of the two numbers of facts."""

    def __init__(self, change: str) -> None:
        self.change = change
        self.same = self.all = 0
        self.differing: list[str] = []

    def add(self, document: str, before: Iterable[Row], after: Iterable[Row]) -> None:
        a, b = Counter(before), Counter(after)
        self.same += (a & b).total()
        self.all += max(a.total(), b.total())
        for sign, rest in (("-", a - b), ("+", b - a)):
            self.differing += [f"{document} {sign} {one}" for one in sorted(rest.elements(), key=str)]

    def holds(self, least: float) -> None:
        share = self.same / self.all
        print(f"{self.change}: {self.same} of {self.all} = {share:.4f}, at least {least}")  # noqa: T201  # the figure
        assert share >= least, "\n".join([f"{share:.4f} < {least}: {self.change}", *self.differing[:SHOWN]])


def measure(name: str, change: Change, start: Change = str) -> Measured:
    """Facts of `start(text)` against those of `change(text)` over all documents of a group."""
    measured = Measured(f"{name}, {getattr(change, '__name__', change)}")
    for path in paths(name):
        text = text_of(path)
        measured.add(path.stem[:3], map(row, facts_of(start(text))), map(row, facts_of(change(text))))
    return measured


# Hard wraps


@cache
def paragraphs(text: str) -> tuple[tuple[bool, str], ...]:
    """The text with its wraps undone: (running text?, line), each paragraph one line, other lines as they are."""
    document, blocks = lay_out(from_text(text))
    found = {line.number: (False, line.text) for line in document.lines if line.text.strip()}
    for block in blocks:
        if block.role == "body":
            numbers = lines_of(document, block)
            for number in numbers:
                found.pop(number, None)
            found[numbers[0]] = (True, joined(text, block))
    return tuple(found[number] for number in sorted(found))


def lines_of(document: Document, block: Block) -> list[int]:
    return sorted({document.line_at(place).number for place in block.origin.source})


def joined(text: str, block: Block) -> str:
    """The characters of a block as the document has them, line ends left out."""
    logical = [*block.origin.logical, len(block.text)]
    pieces = []
    for k, place in enumerate(block.origin.source):
        end = place + logical[k + 1] - logical[k]
        following = block.origin.source[k + 1] if k + 1 < len(block.origin.source) else end
        between = text[end:following]
        pieces.append(" " if text[place:end] in "\r\n" else text[place:end])
        pieces.append("" if "\n" in between or "\r" in between else between)
    return "".join(pieces)


def unwrapped(text: str) -> str:
    return page(paragraphs(text), 0, by_characters)


def page(lines: Iterable[tuple[bool, str]], width: int, wrap: Wrap) -> str:
    """Paragraphs wrapped at `width` (0: not at all), with a blank line between any two things."""
    return "\n\n".join(wrap(line, width) if running and width else line for running, line in lines) + "\n"


def by_characters(line: str, width: int) -> str:
    return "\n".join(line[i : i + width] for i in range(0, len(line), width)) if len(line) > width else line


def by_columns(line: str, width: int) -> str:
    """Wrapped as a page sets it: a Han character takes one place, a letter or digit half of one."""
    lines, taken = [""], 0
    for c in line:
        taken += 1 if c.isascii() else 2
        if taken > 2 * width:
            lines.append("")
            taken = 1 if c.isascii() else 2
        lines[-1] += c
    return "\n".join(lines)


@group
def test_undoing_the_wraps_changes_no_fact(name: str) -> None:
    measure(name, unwrapped).holds(0.99)


@group
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("wrap", [by_characters, by_columns], ids=lambda w: w.__name__)
def test_rewrapping_paragraphs_changes_no_fact(name: str, width: int, wrap: Wrap) -> None:
    def rewrapped(text: str) -> str:
        return page(paragraphs(text), width, wrap)

    measured = measure(name, rewrapped, start=unwrapped)
    measured.change += f" {wrap.__name__} at {width}"
    measured.holds(REWRAPPED)


@group
@pytest.mark.parametrize("width", LINE_WIDTHS)
def test_wrapping_the_lines_as_they_lie_changes_no_fact(name: str, width: int) -> None:
    """Only lines longer than the width are cut, the rest of the page is left alone."""

    def cut(text: str) -> str:
        return "\n".join(by_characters(line, width) for line in text.split("\n"))

    measured = measure(name, cut)
    measured.change += f" at {width}"
    measured.holds(LINES)


# Spaces and forms of characters


def spaced(text: str) -> str:
    return BETWEEN.sub(GAP, text)


def unspaced(text: str) -> str:
    return BLANKS.sub("", text)


def wide_digits(text: str) -> str:
    return NUMERAL.sub(lambda m: m[0].translate(WIDE), text)


@group
@pytest.mark.parametrize("change", [spaced, unspaced, wide_digits], ids=lambda c: c.__name__)
def test_spaces_and_wide_digits_change_no_fact(name: str, change: Change) -> None:
    measure(name, change).holds(0.995)


@group
@pytest.mark.parametrize("form", ["crlf", "bom", "gb18030", "utf-16"])
def test_encodings_change_no_fact(name: str, form: str, tmp_path: Path) -> None:
    measured = Measured(f"{name}, {form}")
    for path in paths(name):
        text = text_of(path)
        other = tmp_path / path.name
        encoding = {"crlf": "utf-8", "bom": "utf-8-sig"}.get(form, form)
        other.write_bytes((text.replace("\n", "\r\n") if form == "crlf" else text).encode(encoding))
        after = flow.extract_file(path.name, other, flow.Settings()).facts
        measured.add(path.stem[:3], map(row, facts_of(text)), map(row, after))
    measured.holds(1.0)


@group
def test_traditional_script(name: str) -> None:
    """All that a fact says, turned back to simplified; the conversion is OpenCC's."""
    converter = pytest.importorskip("opencc", reason="pip install opencc-python-reimplemented").OpenCC
    traditional, simplified = converter("s2t").convert, converter("t2s").convert

    def said(fact: Fact) -> Row:
        return tuple(simplified(one) if isinstance(one, str) else one for one in row(fact))

    measured = Measured(f"{name}, traditional")
    for path in paths(name):
        text = text_of(path)
        measured.add(path.stem[:3], map(said, facts_of(text)), map(said, facts_of(traditional(text))))
    measured.holds(0.99)


# Order


@group
def test_the_order_of_documents_changes_no_fact(name: str, tmp_path: Path) -> None:
    """Each document's facts, whatever was read before it."""
    shares = Measured(f"{name}, order")
    runs = []
    for order in (paths(name), paths(name)[::-1]):
        out = tmp_path / str(len(runs))
        frame = zhfacts.run(list(order), out).facts
        runs.append(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
    shares.add("all", *runs)
    shares.holds(1.0)
