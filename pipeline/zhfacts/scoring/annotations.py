"""What a person says a text states: one annotation for each numeric expression, checked when it is read.

Example: {"doc": "101", "line": 16, "text": "1.3万亿元", "kind": "money", "value": "1300000000000", ...}.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zhfacts.errors import InputError
from zhfacts.records import BOUNDS, KINDS, TIME_KINDS
from zhfacts.rulefile import near
from zhfacts.scoring.pages import squeezed

FIELDS: Final = (
    *("doc", "line", "text", "occ", "kind", "value", "unit", "bound", "change", "basis"),
    *("subject", "subject_alt", "attribute", "attribute_alt", "time", "optional"),
)
"""The fields of an annotation, in the order in which they are written."""
MAY_MISS: Final[Mapping[str, Any]] = {"occ": 1, "subject_alt": [], "attribute_alt": [], "optional": False}
TEXTS: Final = tuple(name for name in FIELDS if name not in MAY_MISS and name != "line")
NULL: Final = frozenset({"value", "unit", "change", "basis", "subject", "attribute", "time"})
"""Fields that may say nothing: null."""
DIGITS: Final = frozenset({"doc", "value", "time"})
"""Fields of text that are often written as bare numbers."""
CHANGES: Final = ("up", "down")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One expression as it should be recorded; `where` is the file and line that say so."""

    where: str
    doc: str
    line: int
    text: str
    occ: int
    kind: str
    value: str | None
    unit: str
    bound: str
    change: str | None
    basis: str | None
    subject: str | None
    subject_alt: tuple[str, ...]
    attribute: str | None
    attribute_alt: tuple[str, ...]
    time: str | None
    optional: bool
    fact_id: str | None = None
    """Of a sampled fact: the fact that was to be corrected."""

    @property
    def timed(self) -> bool:
        """Whether the expression is a time itself: a year or a date."""
        return self.kind in TIME_KINDS


def annotation(where: str, said: Mapping[str, Any], fact_id: str | None = None) -> Annotation:
    """An annotation from its fields; InputError, with file, line and mend, for one that cannot be understood."""
    for name in said:
        if name not in FIELDS:
            raise InputError(f"{where}: unknown field {name!r}; {near(name, FIELDS, 'fields')}")
    for name in FIELDS:
        if name not in said and name not in MAY_MISS:
            raise InputError(f"{where}: no field {name!r}; write null where there is none")
    said = {**MAY_MISS, **said}
    texts = {name: _text(where, name, said[name]) for name in TEXTS}
    _one_of(where, "kind", texts["kind"], KINDS)
    _one_of(where, "bound", texts["bound"], BOUNDS)
    _one_of(where, "change", texts["change"], (*CHANGES, None))
    _check_value(where, str(texts["kind"]), texts["value"])
    if not isinstance(said["optional"], bool):
        raise InputError(f"{where}: optional is {said['optional']!r}; write true or false")
    return Annotation(
        where=where,
        **{**texts, "text": squeezed(str(texts["text"])), "unit": texts["unit"] or ""},
        line=_count(where, "line", said["line"]),
        occ=_count(where, "occ", said["occ"]),
        subject_alt=_words(where, "subject_alt", said["subject_alt"]),
        attribute_alt=_words(where, "attribute_alt", said["attribute_alt"]),
        optional=said["optional"],
        fact_id=fact_id,
    )


def _text(where: str, name: str, value: object) -> Any:
    """A field of text, None where it says nothing; a number is taken for its digits."""
    if name in DIGITS and isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    if value is None or value == "":
        if name in NULL:
            return None
        raise InputError(f"{where}: {name} is empty; say what it is")
    if not isinstance(value, str):
        raise InputError(f'{where}: {name} is {value!r}; write a text in "…"')
    return value


def _count(where: str, name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{where}: {name} is {value!r}; write a whole number from 1")
    return value


def _words(where: str, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | None) or not all(isinstance(word, str) for word in value or ()):
        raise InputError(f'{where}: {name} is {value!r}; write a list of texts: ["…", "…"]')
    return tuple(word for word in value or () if word)


def _one_of(where: str, name: str, value: str | None, words: tuple[str | None, ...]) -> None:
    if value not in words:
        known = ", ".join("null" if word is None else word for word in words)
        raise InputError(f"{where}: {name} is {value!r}; write one of {known}")


def _check_value(where: str, kind: str, value: str | None) -> None:
    """InputError for a value that is no number, no range a/b and, for a fraction, no a/b; times are left alone."""
    if value is None or kind in TIME_KINDS:
        return
    parts = value.split("/")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 2 or not all(map(math.isfinite, numbers)) or (kind == "fraction" and 0 in numbers[1:]):
        raise InputError(f"{where}: value is {value!r}; write a number, or a range as 3/5 (a fraction as 1/3)")
