"""Reading characters in their normal form, one for one, with places kept: 增长 ８．７％ -> 增长8.7%."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import regex

from zhfacts import knowledge


@dataclass(frozen=True, slots=True)
class CharacterRow:
    """Characters and what they are read as; without values they are not read at all."""

    name: str
    words: tuple[str, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TraditionalRow:
    """A traditional character and the simplified one it is read as."""

    word: str
    value: str


DROPPED = "\u0000"
"""Stands for a character that is not read, until the pieces are cut."""


@knowledge.built
def characters() -> dict[int, str]:
    """The translation table: full-width letters and digits and CJK radicals by Unicode, the rest by rules."""
    traditional = knowledge.table("layout/normalise/traditional.csv", TraditionalRow)
    for pair in traditional:
        if len(pair.word) != 1 or len(pair.value) != 1:
            raise ValueError(f"traditional.csv: {pair.word!r} is no single character, or {pair.value!r} is none")
    found = {ord(pair.word): pair.value for pair in traditional}
    ranges = [(0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0x2E80, 0x2FDF)]
    for first, last in ranges:
        for code in range(first, last + 1):
            normal = unicodedata.normalize("NFKC", chr(code))
            if len(normal) == 1 and normal != chr(code):
                found[code] = normal.translate(found)  # a radical may be a traditional character
    for row in knowledge.rows("layout/normalise", "character", CharacterRow):
        values = row.values or (DROPPED,) * len(row.words)
        found.update({ord(a): b for a, b in zip(row.words, values, strict=True)})
    for space in "\t\u00a0\u3000\u2002\u2003\u2009\u200a\u202f\u000b\u000c":
        found[ord(space)] = " "
    return found


@knowledge.built
def special() -> re.Pattern[str]:
    """Any character that is read as another: one look for it is cheaper than translating a text that has none.

    The standard library's re holds large sets as bitmaps; regex is forty times slower here.
    """
    return re.compile(f"[{re.escape(''.join(map(chr, sorted(characters()))))}]")


OUT = rf"[\ {DROPPED}]"
NOT_LATIN = rf"[^\x21-\x7e\ {DROPPED}]"
GAPS = regex.compile(rf"(?<=^|{NOT_LATIN}){OUT}++|{OUT}++(?=$|{NOT_LATIN})|{DROPPED}++|(?<=\ )\ ++")
"""What is left out: white space unless Latin text stands on both sides, and unseen characters."""


def normalise(text: str) -> tuple[str, list[tuple[int, int]]]:
    """(text as read, pieces): each piece (start, end) of the source is kept, all between them is left out.

    The text as read is as long as the pieces together. 增长 8.7% -> ("增长8.7%", [(0, 2), (3, 7)]).
    """
    if not text:
        return "", []
    return tightened(text.translate(characters()) if special().search(text) else text)


def tightened(read: str) -> tuple[str, list[tuple[int, int]]]:
    """`normalise` for a text whose characters have been translated."""
    if not read:
        return "", []
    if " " not in read and DROPPED not in read:
        return read, [(0, len(read))]
    pieces, at = [], 0
    for gap in GAPS.finditer(read):
        if gap.start() > at:
            pieces.append((at, gap.start()))
        at = gap.end()
    if at < len(read):
        pieces.append((at, len(read)))
    return "".join(read[a:b] for a, b in pieces), pieces
