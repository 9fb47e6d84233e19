"""Headers and captions of tables as read: property, unit and time. 2023年出口额（亿元） -> 出口额, 亿元, 2023."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import regex

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.link.attributes import attributes
from zhfacts.link.change import changes
from zhfacts.link.context import context
from zhfacts.link.dates import Clock, Period
from zhfacts.link.mentions import mentions
from zhfacts.records import TIME_KINDS, Mention, Number, When

Span = tuple[int, int]
BRACKET = regex.compile(r"[（(](?<inner>[^（）()]{1,16})[）)]$")
SLASH = regex.compile(r"(?<=\p{Han})/(?<inner>[^/]{1,6}(?:/[^/]{1,3})?)$")
SIGN = regex.compile(r"(?<=\p{Han})(?<inner>[%‰℃])$")
LABEL = regex.compile(r"\p{Han}{2,4}[:：](?<inner>[^:：]{1,8})")
PARTS = regex.compile(r"[，,、;；]")
YEAR = regex.compile(r"(?:19|20)\d\d")
FIGURE = regex.compile(r"\W*附?表\s?(?:[\d一二三四五六七八九十]{1,3}(?:[-.]\d{1,2})?)?[\s:：.、]*")
SHORTEST = 2
"""Characters of the shortest property behind a time: 2023年末 has none."""
NAMED = frozenset({"organisation", "country", "region"})
"""Types of entities that a column or a whole table can be about; 工业 may be part of a property's name."""
RATE_KINDS = frozenset({"percent", "percentage_point", "fraction"})
ONE = Number(0, 1, "percent", "", "%")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of headers that mean the same."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is asked of the numbers stage: all numbers of a text, that of a cell, the kind that a unit makes."""

    find: Callable[[str], list[Number]]
    read: Callable[[str, str | None], Number | None]
    kind_of: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Head:
    """A header as read; `span` is None where it names nothing but a time, `said` all its words but time and unit."""

    span: Span | None = None
    said: str = ""
    unit: str | None = None
    when: When | None = None
    period: Period | None = None
    """Of a time without a numeral: 去年."""


class Headers:
    """Reads headers; built once from the rules of link/tables."""

    def __init__(self) -> None:
        self.words = {row.name: frozenset(row.words) for row in knowledge.rows("link/tables", "header", Words)}
        self.ends = {row.name: row.words for row in knowledge.rows("link/tables", "ending", Words)}
        lead, tail = (
            alternation([w for r in knowledge.rows("link/tables", t, Words) for w in r.words]) for t in ("lead", "tail")
        )
        self.lead, self.tail = regex.compile(lead), regex.compile(f"(?r)(?:{tail})")

    def means(self, name: str, text: str) -> bool:
        """True for a header that is one of the words: 合计."""
        return text in self.words.get(name, ())

    def ends_in(self, name: str, text: str) -> bool:
        """True for a header that ends in one of the words: 企业数."""
        return text.endswith(self.ends.get(name, ()))

    def is_change(self, said: str) -> bool:
        """True for the name of a change, whose cells are in percent where nothing else is said: 增速, 同比增长."""
        one = replace(ONE, start=len(said), end=len(said) + 1)
        return self.ends_in("signed", said) or changes().of(said + "1", one, 0, 0).change is not None

    def is_rate(self, said: str) -> bool:
        """True for the name of a change or share: 增速, 占比."""
        return self.ends_in("share", said) or self.is_change(said)

    def head(self, text: str, numbers: Numbers, clock: Clock) -> Head:
        """A row's or column's header: 增速（同比，%） -> 增速, all of 同比增速 said, in percent."""
        if self.means("vague", text):
            return Head()
        if (m := LABEL.fullmatch(text)) and numbers.kind_of(m["inner"]):
            return Head(unit=m["inner"])
        m = BRACKET.search(text) or SLASH.search(text) or SIGN.search(text)
        unit, more = units(m["inner"], numbers) if m else (None, "")
        end = len(text) if m is None or (text[m.start()] == "/" and not unit) else m.start()
        when, period, start = self._time(text[:end], numbers, clock)
        start, end = attributes().trim(text, start, end) if start else (start, end)
        named = end - start >= (SHORTEST if start else 1)
        return Head((start, end) if named else None, more + text[start:end] if named else more, unit, when, period)

    def figure(self, text: str) -> int:
        """Where a caption's number ends: 表1."""
        m = FIGURE.match(text)
        return m.end() if m else 0

    def caption(self, text: str, numbers: Numbers, clock: Clock) -> Head:
        """What a caption says of all cells: 表1 2023年各省出口额（亿元） -> 出口额, 亿元, 2023."""
        start, end, unit = self.figure(text), len(text), None
        if bracket := BRACKET.search(text, start, end):
            (unit, _), end = units(bracket["inner"], numbers), bracket.start()
        when, period, behind = self._time(text[start:end], numbers, clock)
        if self.ends_in("general", text[start:end]):
            return Head(None, "", unit, when, period)
        start, end = self._core(text, start + behind, end)
        return Head((start, end) if end - start >= SHORTEST else None, text[start:end], unit, when, period)

    def _core(self, text: str, start: int, end: int) -> Span:
        """A caption without whose it is and what shows it: 远岚集团各地区出口额统计表 -> 出口额."""
        for m in mentions().find([text[start:end]])[0][0][:1]:
            start += m.end if m.start == 0 and m.type in NAMED else 0
        while (lead := self.lead.match(text, start, end)) and lead.end() > start:
            start = lead.end()
        while (tail := self.tail.match(text, start, end)) and tail.start() < end:
            end = tail.start()
        return start, end

    def _time(self, text: str, numbers: Numbers, clock: Clock) -> tuple[When | None, Period | None, int]:
        """The time that a header names, and where it ends if it begins the header: 2023年比2022年增长 is of 2023."""
        read = text + "年" if YEAR.fullmatch(text) else text
        for n in numbers.find(read):
            if n.kind in TIME_KINDS and not context().is_base(read, n.start):
                return n.when, None, min(n.end, len(text)) if n.start == 0 else 0
        spoken = context().spoken(read, 0, len(read), clock)
        return (None, spoken[0][1], 2 if spoken[0][0] == 0 else 0) if spoken else (None, None, 0)


def units(inner: str, numbers: Numbers) -> tuple[str | None, str]:
    """(unit, other words) of a bracket: 同比，% -> (%, 同比); 单位：亿元 -> (亿元, "")."""
    inner = inner.replace(":", "：").rpartition("：")[2]
    if numbers.kind_of(inner):
        return inner, ""
    parts = PARTS.split(inner)
    found = [part for part in parts if numbers.kind_of(part)]
    return (found[0] if len(found) == 1 else None), "".join(part for part in parts if part not in found)


def entity(text: str, aliases: dict[str, Mention]) -> Mention | None:
    """The entity that a header names and nothing else: 广东, 远岚集团; None for 营业收入."""
    if text in aliases:
        return aliases[text]._replace(start=0, end=len(text))
    found = mentions().find([text])[0][0]
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(text))
    return found[0] if whole and not found[0].type.startswith("pronoun:") else None


@knowledge.built
def headers() -> Headers:
    """The one instance; rules are frozen once loaded."""
    return Headers()
