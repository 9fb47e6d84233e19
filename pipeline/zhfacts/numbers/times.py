"""Years and dates as written: forms of rules/numbers/times over a block's text. 2018—2022年 -> 2018/2022."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from zhfacts import knowledge
from zhfacts.numbers.digits import digits
from zhfacts.records import Kind, Number, When

CUE = re.compile(
    r"[年月日号季纪）)》—–《'’‘-]"
    r"(?:(?<=[年月日号季])|(?<=世纪)|(?<=\d{4}[）)》—–-])|(?<=《)(?=\d{4})|(?<=['’‘])(?=\d\d))"
)
"""What no time is without; only around it the forms are tried. One set of characters first: re is quick at that."""
REACH = 24
"""Characters of the longest time before its last cue, and behind its first."""
HAN = "\u3400-\u9fff"
GROUP = re.compile(r"\(\?<(\w+)>")
Ymd = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Form:
    """A written form of a time."""

    name: str
    form: str
    after: str = ""
    before: str = ""
    from_start: bool = False
    bc: bool = False
    decade: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Position words within a year, month, quarter or decade."""

    name: str
    words: tuple[str, ...]
    month: int = 0


@dataclass(frozen=True, slots=True)
class Relative:
    """Words for a year or month counted from the reference date."""

    name: str
    words: tuple[str, ...]
    values: tuple[str, ...]


class Times:
    """All forms as one pattern, and the reading of what it matched."""

    def __init__(self) -> None:
        self.forms = knowledge.rows("numbers/times", "form", Form)
        self.parts = {w: p for p in knowledge.rows("numbers/times", "part", Part) for w in p.words}
        self.years: dict[str, int] = {}
        self.months: dict[str, int] = {}
        for row in knowledge.rows("numbers/times", "relative", Relative):
            home = self.months if row.name == "month" else self.years
            home.update(zip(row.words, map(int, row.values), strict=True))
        self.pieces = self._pieces()
        sources = [self._compile(n, form) for n, form in enumerate(self.forms)]
        self.pattern = regex.compile("|".join(sources))
        self.markers = tuple(f"f{n}" for n in range(len(sources)))
        self.groups = [tuple(sorted(set(GROUP.findall(source)).difference(self.markers))) for source in sources]
        self.begin = self._begins()

    def find(self, text: str) -> Iterator[Number]:
        """Every time in `text`, in order; 2023年…增长8.7% gives the year."""
        cues = [m.start() for m in CUE.finditer(text)]
        if not cues:
            return
        at, k, last = 0, 0, len(cues) - 1
        for first in self.begin.finditer(text, max(0, cues[0] - REACH), cues[-1] + REACH):
            start = first.start()
            while cues[k] < start - 1 and k < last:
                k += 1
            if start < at or cues[k] - start > REACH or not (m := self.pattern.match(text, start)):
                continue
            at = m.end()
            if number := self._number(m):
                yield number

    def _number(self, m: regex.Match[str]) -> Number | None:
        n = m.group(*self.markers).index("")
        form, names = self.forms[n], self.groups[n]
        when = self.when({k: v for k, v in zip(names, m.group(0, *names)[1:], strict=True) if v}, form)
        if when is None:
            return None
        kind: Kind = "date" if when.first[1] or when.first[2] else "year"
        return Number(m.start(), m.end(), kind, form.name, kind, when=when)

    def _begins(self) -> re.Pattern[str]:
        """What can begin a time: a cheap look that saves trying all forms at every numeral."""
        behind = "年月日号世季代至到—–―~、,，和与及财学会销榨）)》-"
        words = sorted([*self.years, *self.months])
        first = "".join(sorted({w[0] for w in words}))
        return re.compile(
            rf"(?=[\d〇○一二三四五六七八九十廿前头第上下本公{first}])(?:(?<!\d)(?=\d{{1,4}}(?:[{behind}]|(?<=['’‘]\d\d)[{HAN}]"
            rf"|(?<=《\d{{4}})[{HAN}]|(?<=\d)[个度]))|(?=[〇○一二三四五六七八九十廿]+[{behind}个])"
            rf"|(?=[前头][\d一二三四五六七八九十两])|(?=第?[一二三四\d]{{1,2}}(?:季|[至到—~-]))"
            rf"|(?=第[一二三四\d]季)|(?=[上下]半年)|(?=[上本]世纪)|(?=公元)|(?={'|'.join(words)}))"
        )

    def _pieces(self) -> dict[str, str]:
        cn = "一二三四五六七八九"
        year = rf"(?<![\d.])(?:1\d|20|21)\d\d(?!\d)|[一二][〇零○{cn}]{{3}}"
        two = r"(?<![\d.年])0\d|(?<=['’‘])\d\d"
        rel, mrel = "|".join(self.years), "|".join(self.months)
        month = rf"1[0-2](?!\d)|0?[1-9](?![\d.])|十[一二]?|[{cn}]"
        day = rf"[12]\d(?!\d)|3[01](?!\d)|0?[1-9](?!\d)|[二三]?十[{cn}]?|廿[{cn}]?|[{cn}]"
        number = rf"\d{{1,2}}(?!\d)|十[一二]?|[两{cn}]"
        parts = "|".join(sorted(self.parts, key=len, reverse=True))
        names = {"Y": year, "yy": two, "rel": rel, "mrel": mrel, "M": month, "D": day, "Q": "[1-4一二三四]",
                 "N": number, "C": rf"\d\d?|二十一?|十[{cn}]|[{cn}上本]", "part": parts,
                 "DD": rf"\d0|[{cn}]十", "E": rf"\d{{1,4}}|[{cn}十百千〇零]{{1,7}}"}  # fmt: skip
        pieces = {name: f"(?<{name}>{source})" for name, source in names.items()}
        pieces.update({f"{n}2": f"(?<{n}2>{names[n]})" for n in ("Y", "rel", "M", "D", "Q", "yy")})
        for end in ("", "2"):
            years = "".join([pieces[f"Y{end}"], "年度?的?|", pieces[f"yy{end}"], "年|", pieces[f"rel{end}"], "的?"])
            pieces[f"in{end}"] = f"(?:{years})?"
        pieces["to"] = "(?:——|[—–―~-]|至|到)"
        return pieces

    def source(self, form: Form) -> str:
        """The pattern of a form with its pieces, without what must not stand around it."""
        return re.sub(r"(?<!\(\?)<(\w+)>", lambda m: self.pieces[m[1]], form.form)

    def _compile(self, n: int, form: Form) -> str:
        after = f"(?<!{form.after})" if form.after else ""
        before = f"(?!{form.before})" if form.before else ""
        return f"{after}(?:{self.source(form)}){before}(?<f{n}>)"

    def when(self, g: dict[str, Any], form: Form) -> When | None:
        """The time that the words of a form's pieces say."""
        if "C" in g or "DD" in g:
            return self._long(g)
        if form.decade:
            first = digits().year(g["Y"]) // 10 * 10
            return When((first, None, None), (first + 9, None, None), decade=True)
        if "E" in g:
            year = digits().small(g["E"])
            year = 1 - year if form.bc else year
            return When((year, None, None), (year, None, None))
        return self._plain(g, form)

    def _plain(self, g: dict[str, Any], form: Form) -> When | None:
        y, rel = self._year(g, "")
        y2, rel2 = self._year(g, "2")
        (m, m2), d = self._span_of_months(g, form), self._small(g, "D")
        d2 = self._small(g, "D2") or d
        if max(m or 1, m2 or 1) > 12 or max(d or 1, d2 or 1) > 31:
            return None
        relative_end = rel2 if rel2 is not None else rel
        when = When((y, m, d), (y2 if y2 is not None else y, m2, d2), rel, relative_end)
        if "mrel" in g:
            return When((None, None, d), (None, None, d2), month_relative=self.months[g["mrel"]])
        return when if _in_order(when) else None

    def _span_of_months(self, g: dict[str, Any], form: Form) -> tuple[int | None, int | None]:
        part = self.parts.get(g.get("part", ""))
        if "half" in g:
            return (1, 6) if g["half"] == "上" else (7, 12)
        if "Q" in g:
            q = self._small(g, "Q") or 1
            q2 = self._small(g, "Q2") or q
            if part and part.month:
                return (3 * q, 3 * q) if part.month == 12 else (3 * q - 2, 3 * q - 2)
            return (1 if form.from_start else 3 * q - 2), 3 * q2
        if "N" in g:
            return 1, self._small(g, "N")
        if "M" in g:
            m = self._small(g, "M")
            return m, self._small(g, "M2") or m
        return (part.month, part.month) if part and part.month else (None, None)

    def _long(self, g: dict[str, Any]) -> When:
        """Decades and centuries: 20世纪90年代 -> 1990..1999, 90年代 alone of the century that is nearest."""
        decade = self._small(g, "DD")
        if "C" in g:
            base = {"上": 1900, "本": 2000}.get(g["C"]) or (digits().small(g["C"]) - 1) * 100
        else:
            base = 1900 if (decade or 0) >= 30 else 2000
        first = base + (decade or 0)
        last = first + (9 if decade is not None else 99)
        return When((first, None, None), (last, None, None), decade=True)

    def _year(self, g: dict[str, Any], end: str) -> tuple[int | None, int | None]:
        if f"Y{end}" in g:
            return digits().year(g[f"Y{end}"]), None
        if f"yy{end}" in g:
            two = int(g[f"yy{end}"])
            return (1900 if two >= 50 else 2000) + two, None
        return None, self.years.get(g.get(f"rel{end}", ""))

    def _small(self, g: dict[str, Any], name: str) -> int | None:
        return digits().small(g[name]) if name in g else None


def _in_order(when: When) -> bool:
    """A span runs forwards where both ends are known: 2022—2018年 is no span."""
    a, b = when.first, when.last
    if a[0] is None or b[0] is None or when.relative is not None or when.relative_end is not None:
        return (
            a[0] is not None
            or b[0] is not None
            or (a[1] or 0, a[2] or 0) <= (b[1] or 12, b[2] or 31)
            or when.relative is not None
        )
    return (a[0], a[1] or 0, a[2] or 0) <= (b[0], b[1] or 12, b[2] or 31)


@knowledge.built
def times() -> Times:
    """The one instance; rules are frozen once loaded."""
    return Times()
