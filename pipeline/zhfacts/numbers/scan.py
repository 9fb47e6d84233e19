"""From a block's text to its numbers: times, ranks and fractions first, then numerals with their units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import localcontext

import regex

from zhfacts import knowledge
from zhfacts.numbers.bounds import bounds
from zhfacts.numbers.counts import MONEY, bare
from zhfacts.numbers.digits import LONGEST
from zhfacts.numbers.fractions import fractions
from zhfacts.numbers.join import LIST, is_free, join
from zhfacts.numbers.ranks import ranks
from zhfacts.numbers.times import times
from zhfacts.numbers.tokens import Token, tokens
from zhfacts.numbers.units import EXACTLY, Found, plain
from zhfacts.records import Number

ANY = re.compile(r"[\d一二两三四五六七八九十百千万亿半几数番翻倍〇壹贰叁肆伍陆柒捌玖拾廿卅佰仟]")
TITLE = regex.compile(r"《[^《》]{1,60}》")
"""A number in a title is part of a name; only years are read there."""
SMALLEST_AMOUNT = 10000
"""A bare number states an amount by itself from 万 on."""


class Scanner:
    """Finds the numbers of a text; built once from the rules."""

    def __init__(self) -> None:
        self.tokens, self.bounds, self.bare = tokens(), bounds(), bare()
        self.whole = (times(), ranks(), fractions())

    def find(self, text: str) -> list[Number]:
        """All numbers of `text`, by position and without overlaps."""
        if not ANY.search(text):
            return []
        with localcontext(EXACTLY):
            return [n for n in self._found(text) if not _is_code(n)]

    def _found(self, text: str) -> list[Number]:
        whole = _apart([n for finder in self.whole for n in finder.find(text)])
        joined = join(text, list(self.tokens.find(text, [(n.start, n.end) for n in whole])))
        amounts = self._amounts(text, joined)
        titles = [m.span() for m in TITLE.finditer(text)] if "《" in text else []
        named = [n for n in self.tokens.money.converted(text, amounts) if not any(a < n.start < b for a, b in titles)]
        return self._hedged(text, _apart([*whole, *named]))

    def _amounts(self, text: str, joined: list[Token]) -> list[Number]:
        """The numbers of the tokens in order; what leads from money to a bare amount makes that money."""
        found: list[Number] = []
        money: Number | None = None
        for token in joined:
            number = self.number(token if token.found else self._bare(text, token, money))
            if number:
                found.append(number)
                money = number if number.currency else money
        return found

    def _bare(self, text: str, token: Token, last: Number | None) -> Token:
        """A numeral without a unit, with what the words around it make of it: 劳动力为7.48亿."""
        n, start, end = token.numeral, token.start, token.end
        if n.value is None or (n.chinese and n.value < SMALLEST_AMOUNT) or not is_free(text, start):
            return token
        scaled = n.scale >= SMALLEST_AMOUNT
        if n.chinese:
            scaled = not n.scales and text[start] not in "万亿千百"
            unit = MONEY if scaled and self.bare.pays(text, start, end) else None
        else:
            unit = self.bare.unit(text, start, end, scaled)
        if scaled and last and last.currency and self.bare.follows(text, last.end, start, end, unit is MONEY):
            unit = replace(MONEY, unit=last.currency, currency=last.currency)
        return token._replace(found=Found(unit, end)) if unit else token

    @staticmethod
    def number(token: Token) -> Number | None:
        """The number of a united token; a numeral without a unit states nothing."""
        if not token.found:
            return None
        unit, numeral = token.found.unit, token.numeral
        value = token.value()
        if value is None and numeral.value is not None:
            return None
        low = high = None
        if numeral.high is not None and value is not None:
            low, high, value = value, unit.read(numeral.high * (token.shared or 1)), None
        elif token.plus_minus and value is not None:
            low, high, value = -value, value, None
        currency = unit.currency
        value, low, high = (plain(v) if v is not None else None for v in (value, low, high))
        more = numeral.more or token.found.more
        return Number(
            token.start, token.end, unit.kind, unit.rule, currency or unit.unit, value, low, high, currency,
            token.found.per_unit, ">" if more else "=", ucum=unit.ucum, shared=token.behind or None,
        )  # fmt: skip

    def _hedged(self, text: str, found: list[Number]) -> list[Number]:
        """Bounds filled in; in a list without hedges of its own the first one's holds: 约62%、53%."""
        done: list[Number] = []
        for n in found:
            vague = n.value is None and n.low is None and n.when is None
            bound, _ = self.bounds.of(text, n, n.bound == ">")
            last = done[-1] if done else None
            if bound == "=" and last and last.kind == n.kind and LIST.fullmatch(text[last.end : n.start]):
                bound = last.bound if last.bound in ("~", ">", "<") and n.when is None else "="
            if bound == "=":
                bound = "~" if vague else n.bound
            done.append(n if bound == n.bound else replace(n, bound=bound))
        return done


def _apart(found: Iterable[Number]) -> list[Number]:
    """Numbers by position with overlaps undone: what begins first stays, of two that begin alike the longer."""
    kept: list[Number] = []
    for n in sorted(found, key=lambda n: (n.start, -n.end)):
        if not kept or n.start >= kept[-1].end:
            kept.append(n)
    return kept


def _is_code(number: Number) -> bool:
    """Whether a value has more digits before its point than any claim: 亿亿亿亿亿亿元."""
    values = (number.value, number.low, number.high, number.ratio)
    return any(v is not None and v.adjusted() >= LONGEST for v in values)


@knowledge.built
def scanner() -> Scanner:
    """The one instance; rules are frozen once loaded."""
    return Scanner()


def find(text: str) -> list[Number]:
    """All numbers of a block's text, in order of position: 增长8.7% -> one percent."""
    return scanner().find(text)
