"""A number read a second time, from its own words alone and without what denies numbers: 3 with 万元 is 30000.

The scanner asks whether words in running text state a number at all; here that is settled, kind and rule are
known, and only the value is asked for. So this is a check on the spans and values that facts carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from functools import cache
from typing import NamedTuple

import regex

from zhfacts import knowledge
from zhfacts.numbers.cells import WIDE_MINUS
from zhfacts.numbers.counts import AMOUNT, COUNTED, STATED
from zhfacts.numbers.counts import MONEY as PAID
from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.fractions import fractions
from zhfacts.numbers.join import join
from zhfacts.numbers.money import Money
from zhfacts.numbers.ranks import ranks
from zhfacts.numbers.scan import Scanner
from zhfacts.numbers.times import times
from zhfacts.numbers.tokens import BELOW_ZERO, Token, Tokens
from zhfacts.numbers.units import EXACTLY, Found, Unit
from zhfacts.records import TIME_KINDS, When

BARE = {unit.rule: unit for unit in (PAID, AMOUNT, COUNTED, STATED)}
"""Units of numbers that have no unit word."""
RANK = r"\D*?(?:第|前)?(?<n>{n})(?:(?:——|[—–―~-]|至|到)第?(?<last>{n}))?\D*"

FIRST = "首位"


class Reading(NamedTuple):
    """What a number's words say: exactly one of value, both ends and `when`, or none for a vague number."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    when: When | None = None


class _Price(Money):
    """Sums of money, whatever stands around."""

    def denied(self, text: str, start: int, word: str, end: int, bare: bool) -> bool:
        return False


class _Trusting(Tokens):
    """Tokens at every place where a numeral can begin, whatever stands around."""

    def __init__(self) -> None:
        super().__init__()
        self.money = _Price()

    def found(self, text: str) -> Iterator[Token]:
        at = len(self.before.longest(text, 0))  # the 百 of 百分之五 is no numeral
        while at < len(text):
            if text.startswith(BELOW_ZERO, at):  # its 零 is no numeral, and _token looks back for it
                at += len(BELOW_ZERO)
            m = self.token.match(text, at)
            numeral = self.digits.numeral(m) if m else None
            if m is None or numeral is None:
                at += 1
                continue
            token = self._token(text, numeral)
            yield token
            at = max(m.end(), token.end)
            at += bool(token.found) and text.startswith("零", at)  # 2年零5个月

    def _denied(self, text: str, unit: Unit, word: str, at: tuple[int, int, int]) -> bool:
        return False

    def _counts(self, text: str, numeral: Numeral, unit: Unit) -> bool:
        return True


class Again:
    """Reads numbers again; built once from the rules."""

    def __init__(self) -> None:
        self.tokens = _Trusting()
        self.words = fractions().words
        self.forms = {form.name: form for form in times().forms}
        self.shares = [regex.compile(row.form) for row, _ in fractions().forms]
        self.rank = regex.compile(RANK.format(n=r"\d{1,5}|[一二三四五六七八九十百]{1,5}"))
        self.time = cache(self._form)

    def read(self, text: str, kind: str, rule: str) -> Reading | None:
        """What `text` says as a number of this kind found by this rule, None where it says none."""
        if kind in TIME_KINDS:
            return self._time(text, rule)
        try:
            if kind == "ordinal":
                return self._rank(text)
            with localcontext(EXACTLY):
                return self._word(text) or (self._share(text) if kind == "fraction" else self._united(text, rule))
        except ValueError:
            return None

    def _form(self, name: str) -> regex.Pattern[str] | None:
        """A form of a time without what must stand around it; None where rules have no form of this name."""
        form = self.forms.get(name)
        return regex.compile(_alone(times().source(form))) if form else None

    def _time(self, text: str, rule: str) -> Reading | None:
        pattern = self.time(rule)
        m = pattern.fullmatch(text) if pattern else None
        when = times().when({k: v for k, v in m.groupdict().items() if v}, self.forms[rule]) if m else None
        return Reading(when=when) if when else None

    def _rank(self, text: str) -> Reading | None:
        text = text[len(ranks().scope.longest(text, 0)) :]
        m = self.rank.fullmatch(text)
        if not m:
            return Reading(Decimal(1)) if text == FIRST else None
        first = Decimal(digits().small(m["n"]))
        return Reading(low=first, high=Decimal(digits().small(m["last"]))) if m["last"] else Reading(first)

    def _word(self, text: str) -> Reading | None:
        row = self.words.get(text)
        return Reading(Decimal(row.value)) if row else None

    def _share(self, text: str) -> Reading | None:
        for form in self.shares:
            if m := form.fullmatch(text):
                return Reading(Decimal(digits().small(m["a"])) / Decimal(digits().small(m["b"])))
        m = fractions().ratio_form.fullmatch(text)
        return Reading(Decimal(m["a"]) / Decimal(m["b"])) if m else None

    def _united(self, text: str, rule: str) -> Reading | None:
        """A numeral or a range with its unit, which fills the text; the unit of a bare one goes by its rule."""
        found = join(text, list(self.tokens.found(text.replace(WIDE_MINUS, "-"))))
        if len(found) != 1:
            return None
        token = found[0]
        if rule in BARE and not token.found:
            token = token._replace(found=Found(BARE[rule], token.end))
        number = Scanner.number(token)
        return Reading(number.value, number.low, number.high) if number else None


def _alone(source: str) -> str:
    """A pattern without its looks around: (?<!第)十(?!年) -> 十."""
    kept, at = [], 0
    while at < len(source):
        look = regex.compile(r"\(\?<?[=!]").match(source, at)
        end = _closing(source, at) if look else at + (2 if source[at] == "\\" else 1)
        if not look:
            kept.append(source[at:end])
        at = end
    return "".join(kept)


def _closing(source: str, at: int) -> int:
    """The place behind the bracket that closes the one at `at`."""
    depth, in_class = 0, False
    while True:
        char = source[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        else:
            depth += (char == "(") - (char == ")")
        at += 1
        if depth == 0:
            return at


@knowledge.built
def again() -> Again:
    """The one instance; rules are frozen once loaded."""
    return Again()
